import type { CallOutcome, EngineHost, MigrationManifest, RunRecord } from "@loom/core";
import { pauseAfter } from "@loom/core/effects";
import type { CompensateStep, DispatchStep } from "@loom/core/run";
import { Context } from "@temporalio/activity";
import { ApplicationFailure } from "@temporalio/common";
import type { DispatchInput, DispatchResult } from "../protocol.ts";
import { type Heart, startHeart } from "./heart.ts";
import { loadRun } from "./load-run.ts";

/**
 * Makes one call. One that is to be made again fails, with the pause that the server is to wait; what a store says that
 * cannot be reached is not a call, and does not count as one.
 */
export async function dispatch(host: EngineHost, input: DispatchInput): Promise<DispatchResult> {
  const heart = startHeart(host.clock);
  try {
    const run = await loadRun(host, input);
    return run ? await call(host, heart, run, input) : { outcome: "over" };
  } finally {
    heart.stop();
  }
}

async function call(
  host: EngineHost,
  heart: Heart,
  { manifest }: RunRecord,
  input: DispatchInput,
): Promise<DispatchResult> {
  if (input.view) await host.write(manifest, input.view);
  const command = commandOf(manifest, input);
  const outcome = await host.deliver(manifest, command);
  if (outcome.type === "unavailable") return tryAgain(heart, command, outcome);
  const { type, ...rest } = outcome;
  return { outcome: type, ...rest };
}

function tryAgain(
  heart: Heart,
  { step }: DispatchStep | CompensateStep,
  { error, retryAfterMs }: Extract<CallOutcome, { type: "unavailable" }>,
): DispatchResult {
  const tries = heart.countTry();
  const retry = step.dispatchRetry;
  const pause = pauseAfter({ retry, tries, retryAfterMs, chance: Math.random() });
  const isStopped = Context.current().cancellationDetails?.cancelRequested === true;
  if (pause === undefined || isStopped) return { outcome: "exhausted", error };
  throw ApplicationFailure.create({
    message: error,
    type: "MigratorUnavailable",
    nextRetryDelay: Math.max(1, pause),
  });
}

/** The command as the machine would have made it of the whole manifest. */
function commandOf(
  { steps }: MigrationManifest,
  { type, id, call: name, inputs, stepStatus, stepMetadata = {} }: DispatchInput,
): DispatchStep | CompensateStep {
  const step = steps.find((each) => each.name === name.step) ?? { name: name.step };
  const base = { id, call: name, step, inputs };
  if (type === "dispatch_step" || stepStatus === undefined)
    return { type: "dispatch_step", ...base };
  return { type: "compensate_step", ...base, stepStatus, stepMetadata };
}

import { setTimeout as pause } from "node:timers/promises";
import { styleText } from "node:util";
import type { CandidateWithStatus, CurrentStep, StringMap } from "@loom/core";
import type { Screen } from "../display/screen.ts";
import type { Fleet } from "../fleet/fleet.ts";
import { type Operator, Refusal } from "./operator.ts";

/**
 * What the operator does about a candidate, if it needs one. Each occasion is answered once.
 * @throws Error for a failure that is no part of the story
 */
export type Reaction = (candidate: CandidateWithStatus) => Promise<void>;

/** What the operator works with. */
export interface ReactionOptions {
  readonly operator: Operator;
  readonly screen: Screen;
  readonly fleet: Fleet;
  readonly inputs: StringMap;
  /** The candidate to cancel, once, while the pull request of this step is open. */
  readonly cancel: { readonly candidateId: string; readonly stepName: string };
}

/** Makes an operator who fixes what fails, approves what waits for review, and changes their mind once. */
export function createReactions(options: ReactionOptions): Reaction {
  const answered = new Set<string>();
  return async (candidate) => {
    const { id, attempt, currentStep, phase } = candidate;
    if (!currentStep || phase !== "running") return;
    const occasion = JSON.stringify([id, attempt, currentStep]);
    if (answered.has(occasion)) return;
    answered.add(occasion);
    await reactionTo(candidate, currentStep, options)?.();
  };
}

function reactionTo(
  candidate: CandidateWithStatus,
  step: CurrentStep,
  options: ReactionOptions,
): (() => Promise<void>) | undefined {
  const { candidateId, stepName } = options.cancel;
  const isToCancel = candidate.id === candidateId && candidate.attempt === 1;
  if (step.status === "failed") return async () => await fixAndRetry(candidate, step, options);
  if (step.status === "awaiting_review") return async () => await approve(candidate, step, options);
  if (step.status === "open" && isToCancel && step.stepName === stepName)
    return async () => await cancelAndStartAgain(candidate, options);
  return undefined;
}

async function fixAndRetry(
  { id }: CandidateWithStatus,
  { stepName, error }: CurrentStep,
  { operator, screen, fleet }: ReactionOptions,
): Promise<void> {
  screen.say(`  ${styleText("red", "✗")} ${id}: ${stepName} failed: ${error}`);
  const { service, tag } = fleet.forgottenTag;
  if (id !== service) throw new Error(`${id}: ${stepName} failed, which is no part of the story`);
  await fleet.pushForgottenTag();
  await operator.retry(id, { stepName });
  screen.say(`    → its team pushed the tag ${tag}, and the operator retried the step`);
}

async function approve(
  { id, runId = "" }: CandidateWithStatus,
  { stepName }: CurrentStep,
  { operator, screen }: ReactionOptions,
): Promise<void> {
  const { steps } = await operator.run(id);
  const asked = steps.find((step) => step.stepName === stepName)?.metadata?.["instructions"];
  await operator.report(runId, { stepName, candidateId: id, success: true });
  screen.say(
    `  ${styleText("yellow", "?")} ${id} asks “${asked}”: approved by POST /event/${runId}`,
  );
}

async function cancelAndStartAgain(
  { id, currentStep }: CandidateWithStatus,
  { operator, screen, inputs }: ReactionOptions,
): Promise<void> {
  await operator.cancel(id, { reason: "The wrong moment for a change", compensate: true });
  screen.say(
    `  ${styleText("magenta", "↺")} ${id}: cancelled while ${currentStep?.stepName} was open; its steps are undone in reverse`,
  );
  for (let refusals = 0; ; refusals++) {
    try {
      const { attempt } = await operator.start(id, { inputs });
      screen.say(
        `    → started again at once: refused ${refusals === 1 ? "once" : `${refusals} times`} as run_closing, then accepted as attempt ${attempt}`,
      );
      return;
    } catch (error) {
      if (!(error instanceof Refusal && error.code === "run_closing")) throw error;
      await pause(RETRY_MILLIS);
    }
  }
}

const RETRY_MILLIS = 100;

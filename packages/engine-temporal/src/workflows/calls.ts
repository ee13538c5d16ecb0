import type {
  CompensateStep,
  DispatchOutcome,
  DispatchStep,
  RunEvent,
  SaveProgress,
} from "@loom/core/run";
import type { MigrationManifest } from "@loom/core";
import { ActivityFailure, ApplicationFailure } from "@temporalio/common";
import {
  ActivityCancellationType,
  CancellationScope,
  isCancellation,
  proxyActivities,
} from "@temporalio/workflow";
import type { DispatchInput, DispatchResult, LoomActivities, RunTiming } from "../protocol.ts";
import { type Limits, limitsOf } from "./limits.ts";
import { now } from "./moment.ts";

type Call = DispatchStep | CompensateStep;
type Settlement = { readonly outcome: DispatchOutcome; readonly error?: string };

/** The calls to migrators that are under way: at most one, by the rules of the machine. */
export interface Calls {
  readonly size: number;
  /** Set once a dispatch has found that the store no longer has this attempt running. */
  readonly isOver: boolean;
  /** Begins a call, which posts its settlement when it ends. */
  begin(command: Call, view: SaveProgress | undefined): void;
  /** Ends the repetitions of a call; one that is being made is waited for. */
  stop(id: string): void;
}

export function createCalls(
  manifest: MigrationManifest,
  timing: RunTiming,
  post: (event: RunEvent) => void,
): Calls {
  const scopes = new Map<string, CancellationScope>();
  const limits = limitsOf(timing);
  let isOver = false;

  const settle = async (command: Call, view: SaveProgress | undefined): Promise<void> => {
    const result = await dispatch(manifest, limits, command, view);
    scopes.delete(command.id);
    if (result.outcome === "over") isOver = true;
    else post({ type: "dispatch_settled", call: command.call, at: now(), ...settlement(result) });
  };

  return {
    get size() {
      return scopes.size;
    },
    get isOver() {
      return isOver;
    },
    begin(command, view) {
      const scope = new CancellationScope();
      scopes.set(command.id, scope);
      void scope.run(() => settle(command, view));
    },
    stop: (id) => scopes.get(id)?.cancel(),
  };
}

async function dispatch(
  manifest: MigrationManifest,
  { callMs, heartbeatMs }: Limits,
  command: Call,
  view: SaveProgress | undefined,
): Promise<DispatchResult> {
  const { kind, step, number } = command.call;
  const { loomDispatch } = proxyActivities<LoomActivities>({
    startToCloseTimeout: callMs,
    heartbeatTimeout: heartbeatMs,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    // The activity itself counts its calls and says when the next one is due; this is for one whose worker died.
    retry: { initialInterval: "1 second", backoffCoefficient: 2, maximumInterval: "1 minute" },
    summary: `${kind} ${step} ${number}`,
  });
  try {
    return await loomDispatch(inputOf(manifest, command, view));
  } catch (error) {
    return { outcome: "exhausted", error: reasonOf(error) };
  }
}

function inputOf(
  { migrationId, candidate, attempt }: MigrationManifest,
  command: Call,
  view: SaveProgress | undefined,
): DispatchInput {
  const { step: _, ...rest } = command;
  return { migrationId, candidateId: candidate.id, attempt, ...rest, ...(view && { view }) };
}

function settlement({ outcome, error }: Settlement): Settlement {
  return { outcome, ...(error !== undefined && { error }) };
}

/** A call that was stopped is not repeated, whatever became of its last try: that may be why it failed. */
function reasonOf(error: unknown): string {
  if (isCancellation(error)) return "stopped before it was sent again";
  if (!(error instanceof ActivityFailure)) throw error;
  return error.cause instanceof ApplicationFailure
    ? error.cause.message
    : "stopped when its worker was lost";
}

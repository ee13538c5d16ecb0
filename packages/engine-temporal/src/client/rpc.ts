import type { Clock } from "@loom/core";
import { LoomError } from "@loom/core/errors";
import type { Client, WorkflowClient } from "@temporalio/client";
import { isGrpcServiceError } from "@temporalio/client";
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from "@temporalio/common";

/**
 * Makes a request to Temporal within a time limit. A namespace over its limit lets nothing through for a while, so what it
 * refuses is sent again as long as there is time, also over a connection that was made without repetitions.
 *
 * @throws LoomError `engine_unavailable`; what says that a run is there, or is not, is thrown as it is
 */
export type Rpc = <T>(request: (workflows: WorkflowClient) => Promise<T>) => Promise<T>;

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 2_000;
/** The codes of gRPC for `RESOURCE_EXHAUSTED` and `UNAVAILABLE`. */
const WORTH_REPEATING: readonly number[] = [8, 14];
/** What the server says until an execution with very many signals has continued as new. */
const TOO_MANY_SIGNALS = "limit for signal events";
const RETRY_AFTER_SECONDS = 5;

export function createRpc(client: Client, clock: () => Clock, limitSeconds: number): Rpc {
  return async (request) => {
    const deadline = Date.now() + limitSeconds * 1000;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      try {
        return await client.withDeadline(deadline, () => request(client.workflow));
      } catch (error) {
        if (isAboutTheRun(error)) throw error;
        if (!isWorthRepeating(error) || Date.now() + pauseMs > deadline) throw unavailable(error);
      }
      await pause(clock(), pauseMs);
    }
  };
}

/** Waits by the clock of the Loom. */
export function pause(clock: Clock, milliseconds: number): Promise<void> {
  return new Promise((resume) => {
    clock.after(milliseconds, resume);
  });
}

function isAboutTheRun(error: unknown): boolean {
  return (
    error instanceof WorkflowNotFoundError || error instanceof WorkflowExecutionAlreadyStartedError
  );
}

function isWorthRepeating(error: unknown): boolean {
  const cause = error instanceof Error && isGrpcServiceError(error.cause) ? error.cause : error;
  if (!isGrpcServiceError(cause)) return false;
  return WORTH_REPEATING.includes(cause.code) || cause.details.includes(TOO_MANY_SIGNALS);
}

function unavailable(cause: unknown): LoomError {
  const details = { retryAfterSeconds: RETRY_AFTER_SECONDS };
  return new LoomError("engine_unavailable", "Temporal could not be reached.", { cause, details });
}

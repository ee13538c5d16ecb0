import type { Clock } from "@loom/core";
import type { Client, WorkflowClient } from "@temporalio/client";
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from "@temporalio/common";
import { isWorthRepeating, refusalOf } from "./refusals.ts";

/**
 * Makes a request to Temporal within a time limit. A namespace over its limit lets nothing through for a while, so what it
 * refuses is sent again as long as there is time, also over a connection that was made without repetitions.
 *
 * @throws LoomError `engine_unavailable`, `payload_too_large`; what says that a run is there, or is not, is thrown as it is
 */
export type Rpc = <T>(request: (workflows: WorkflowClient) => Promise<T>) => Promise<T>;

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 2_000;

export function createRpc(client: Client, clock: () => Clock, limitSeconds: number): Rpc {
  return async (request) => {
    const deadline = Date.now() + limitSeconds * 1000;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      try {
        return await client.withDeadline(deadline, () => request(client.workflow));
      } catch (error) {
        if (isAboutTheRun(error)) throw error;
        if (!isWorthRepeating(error) || Date.now() + pauseMs > deadline)
          throw refusalOf(error, client.options.namespace);
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

import type { RunEvent, RunState, SetTimer } from "@loom/core/run";
import { canTimeOut } from "@loom/core/run";
import { CancellationScope, isCancellation, sleep } from "@temporalio/workflow";
import { now } from "./moment.ts";

/** The time limits that are running. */
export interface Timers {
  /** Those that would have to be set again after a continue-as-new. */
  readonly running: readonly SetTimer[];
  set(command: SetTimer): void;
  /** Stops those that can no longer come to anything. */
  prune(state: RunState): void;
}

export function createTimers(post: (event: RunEvent) => void): Timers {
  const timers = new Map<
    string,
    { readonly command: SetTimer; readonly scope: CancellationScope }
  >();

  const fire = async ({ id, call, dueAt }: SetTimer): Promise<void> => {
    try {
      await sleep(Math.max(1, dueAt - Date.now()));
      timers.delete(id);
      post({ type: "timer_fired", call, at: now() });
    } catch (error) {
      if (!isCancellation(error)) throw error;
    }
  };

  return {
    get running() {
      return [...timers.values()].map(({ command }) => command);
    },
    set(command) {
      const scope = new CancellationScope();
      timers.set(command.id, { command, scope });
      void scope.run(() => fire(command));
    },
    prune(state) {
      for (const [id, { command, scope }] of timers) {
        if (canTimeOut(state, command.call)) continue;
        timers.delete(id);
        scope.cancel();
      }
    },
  };
}

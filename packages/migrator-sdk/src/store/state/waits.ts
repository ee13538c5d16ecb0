import type { MigratorWaits } from "../port.ts";
import type { State } from "./state.ts";
import type { Commit } from "./changes.ts";

/** The waits over a state. When to check next is not durable: after a restart a check may come early. */
export function createWaits({ waits }: State, commit: Commit): MigratorWaits {
  return {
    find: async (key) => waits.find(key),
    keep: (key, kept) => commit({ type: "settlement_kept", key, kept }),
    async close(id, event, at) {
      if (!waits.get(id)) return false;
      await commit({ type: "wait_closed", id, at, event });
      return true;
    },
    checkAgain: async (id, checkAt) => waits.checkAgain(id, checkAt),
    takeDueChecks: async ({ now, nextCheckAt, limit }) => waits.takeDue(now, nextCheckAt, limit),
  };
}

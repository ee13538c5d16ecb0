import { createLoom, type Loom, type Migrators, type Store } from "@loom/core";
import { createLocalEngine } from "@loom/local";
import { type LeaseNote, noteLeases } from "./lease-notes.ts";

/** The same for all processes of a deploy. */
const SECRETS = ["a secret that all processes share"];

/**
 * A Loom as each process of a deploy has it: runs are hosted in the process, and leases are short.
 *
 * @param note is told of each lease
 */
export function loomOver(
  store: Store,
  name: string,
  note: (what: LeaseNote) => void = () => undefined,
): Loom {
  const takenAt = new Map<string, number>();
  const noting = noteLeases(store, (what) => {
    if (what.type === "taken") for (const id of what.ids) takenAt.set(id, what.now);
    note(what);
  });
  const engine = createLocalEngine({ leaseMs: 1_000, pollMs: 50, pauseMs: 100 });
  const quiet = { debug() {}, info() {}, warn() {}, error() {} };
  return createLoom({
    store: noting,
    engine,
    migrators: migratorsFor(name, takenAt),
    secrets: SECRETS,
    logger: quiet,
  });
}

/** The whole of a process: opens its Loom and works until it is killed. The parent is told of its leases, and when it is open. */
export async function runLoomProcess(store: Store, name: string): Promise<void> {
  await loomOver(store, name, (what) => process.send?.(what)).open();
  process.send?.("open");
}

/** Reaches migrators by plain HTTP, and tells them which process calls, and when it took the call upon itself. */
function migratorsFor(name: string, takenAt: ReadonlyMap<string, number>): Migrators {
  return {
    async dispatchStep({ url }, request) {
      try {
        const headers = {
          "content-type": "application/json",
          "x-process": name,
          "x-taken-at": String(takenAt.get(request.dispatchId)),
        };
        const body = JSON.stringify(request);
        const { ok } = await fetch(`${url}/dispatch-step`, { method: "POST", headers, body });
        return ok ? { type: "accepted" } : { type: "unavailable", error: "not taken" };
      } catch (error) {
        return { type: "unavailable", error: String(error) };
      }
    },
    compensateStep: async () => ({ type: "refused", error: "nothing is undone here" }),
    dryRun: async () => ({ steps: [] }),
  };
}

import { createLoom, type Loom, type Migrators, type Store } from "@loom/core";
import { createLocalEngine } from "@loom/local";

/** The same for all processes of a deploy. */
const SECRETS = ["a secret that all processes share"];

/** A Loom as each process of a deploy has it: runs are hosted in the process, and leases are short. */
export function loomOver(store: Store, name: string): Loom {
  const engine = createLocalEngine({ leaseMs: 1_000, pollMs: 50, pauseMs: 100 });
  const quiet = { debug() {}, info() {}, warn() {}, error() {} };
  return createLoom({
    store,
    engine,
    migrators: migratorsFor(name),
    secrets: SECRETS,
    logger: quiet,
  });
}

/** The whole of a process: opens its Loom and works until it is killed. The parent is told when it is open. */
export async function runLoomProcess(store: Store, name: string): Promise<void> {
  await loomOver(store, name).open();
  process.send?.("open");
}

/** Reaches migrators by plain HTTP, and tells them which process calls. */
function migratorsFor(name: string): Migrators {
  return {
    async dispatchStep({ url }, request) {
      try {
        const headers = { "content-type": "application/json", "x-process": name };
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

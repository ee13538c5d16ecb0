import type { ExecutionEngine } from "@loom/core";
import { createLoom, systemClock } from "@loom/core";
import { createLocalEngine, createMemoryStore } from "../../src/index.ts";
import { billing, inputs, MIGRATION, plan } from "./harness.ts";

/** A script of a platform team: it has nothing to do but to wait for Loom, whose engine takes its time. */
const local = createLocalEngine();
const engine: ExecutionEngine = {
  ...local,
  async startRun(manifest) {
    await new Promise<void>((resume) => systemClock.after(50, resume));
    await local.startRun(manifest);
  },
};
const loom = createLoom({
  store: createMemoryStore(),
  engine,
  migrators: {
    dispatchStep: async () => ({ type: "accepted" }),
    compensateStep: async () => ({ type: "accepted" }),
    dryRun: async () => ({ steps: [] }),
  },
});
await loom.announce(plan);
await loom.submitCandidates(MIGRATION, { candidates: [{ id: "billing" }] });
const { runId, attempt } = await loom.start(billing, { inputs });
process.stdout.write(`${runId} ${attempt}`);

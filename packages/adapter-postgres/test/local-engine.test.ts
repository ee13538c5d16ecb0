import { createLocalEngine } from "@loom/local";
import { describeExecutionEngine } from "@loom/testing/vitest";
import { afterAll, vi } from "vitest";
import { openPool, openStore } from "./database.ts";

vi.setConfig({ testTimeout: 60_000 });

const pool = openPool();
afterAll(() => pool.end());

describeExecutionEngine("in process, over Postgres", {
  setup: async () => ({
    ...(await openStore(pool)),
    createEngine: () => createLocalEngine({ leaseMs: 500, pollMs: 20, pauseMs: 40 }),
  }),
});

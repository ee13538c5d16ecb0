import { createLocalEngine } from "@loom/local";
import { describeExecutionEngine } from "@loom/testing/vitest";
import { vi } from "vitest";
import { PATIENCE_MS } from "../../../test/patience.ts";
import { createPostgresStore } from "../src/index.ts";
import { usePool, useStores } from "./database.ts";

vi.setConfig({ testTimeout: 60_000 });

const pool = usePool();
const open = useStores(
  (schema) => createPostgresStore({ pool, schema }),
  (sql) => pool.query(sql),
);

describeExecutionEngine("in process, over Postgres", {
  patienceMs: PATIENCE_MS,
  setup: async () => ({
    ...(await open()),
    createEngine: () => createLocalEngine({ leaseMs: 500, pollMs: 20, pauseMs: 40 }),
  }),
});

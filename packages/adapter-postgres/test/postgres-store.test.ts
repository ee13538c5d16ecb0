import { describeMigrationStore, describeRunStore } from "@loom/testing/vitest";
import { vi } from "vitest";
import { createPostgresStore } from "../src/index.ts";
import { usePool, useStores } from "./database.ts";

// Their property tests make thousands of round trips.
vi.setConfig({ testTimeout: 120_000 });

const pool = usePool();
const setup = useStores(
  (schema) => createPostgresStore({ pool, schema }),
  (sql) => pool.query(sql),
);

describeMigrationStore("in Postgres", { setup });
describeRunStore("in Postgres", { setup });

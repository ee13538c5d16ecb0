import { describeMigrationStore, describeRunStore } from "@loom/testing/vitest";
import { afterAll, vi } from "vitest";
import { openPool, openStore } from "./database.ts";

// Their property tests make thousands of round trips.
vi.setConfig({ testTimeout: 120_000 });

const pool = openPool();
afterAll(() => pool.end());

describeMigrationStore("in Postgres", { setup: () => openStore(pool) });
describeRunStore("in Postgres", { setup: () => openStore(pool) });

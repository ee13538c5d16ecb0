import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeMigrationStore, describeRunStore } from "@loom/testing/vitest";
import { afterAll, vi } from "vitest";
import { createEmbeddedDriver, openDatabase } from "../src/embedded/pglite.ts";
import { storeOver } from "../src/postgres-store.ts";
import { useStores } from "./database.ts";

// Their property tests make thousands of round trips.
vi.setConfig({ testTimeout: 120_000 });

const home = await mkdtemp(join(tmpdir(), "loom-embedded-"));
const database = await openDatabase(join(home, "postgres"));
afterAll(async () => {
  await database.close();
  await rm(home, { recursive: true });
});

const driver = createEmbeddedDriver(database);
const setup = useStores(
  (schema) => storeOver(driver, schema),
  (sql) => database.exec(sql),
);

describeMigrationStore("in an embedded Postgres", { setup });
describeRunStore("in an embedded Postgres", { setup });

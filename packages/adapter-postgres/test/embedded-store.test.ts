import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeMigrationStore, describeRunStore } from "@loom/testing/vitest";
import { afterAll, vi } from "vitest";
import { createEmbeddedDriver } from "../src/embedded/driver.ts";
import { openEmbeddedDatabase } from "../src/embedded/embedded-database.ts";
import { storeOver } from "../src/postgres-store.ts";
import { useStores } from "./database.ts";

// Their property tests make thousands of round trips.
vi.setConfig({ testTimeout: 120_000 });

const home = await mkdtemp(join(tmpdir(), "loom-embedded-"));
const database = await openEmbeddedDatabase(join(home, "postgres"));
afterAll(async () => {
  await database.close();
  await rm(home, { recursive: true });
});

const driver = createEmbeddedDriver(database);
const setup = useStores(
  (schema) => storeOver(driver, schema),
  (sql) => driver.script(sql),
);

describeMigrationStore("in an embedded Postgres", { setup });
describeRunStore("in an embedded Postgres", { setup });

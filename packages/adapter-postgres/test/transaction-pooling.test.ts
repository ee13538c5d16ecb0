import { describeMigrationStore, describeRunStore } from "@loom/testing/vitest";
import { afterAll, describe, expect, test, vi } from "vitest";
import { createPostgresStore } from "../src/index.ts";
import { openPool, openStore, useStores } from "./database.ts";

// Their property tests make thousands of round trips.
vi.setConfig({ testTimeout: 120_000 });

// One connection: a call that held it while it asked for another would never end. And what it has prepared is gone after each
// statement or transaction, as behind a pgbouncer that shares connections between them.
const pool = openPool({ max: 1 });
pool.on("release", (_, client) => void client.query("DEALLOCATE ALL").catch(() => {}));
afterAll(() => pool.end());

const setup = useStores(
  (schema) => createPostgresStore({ pool, schema, namedStatements: false }),
  (sql) => pool.query(sql),
);

describeMigrationStore("behind a pooler of transactions", { setup });
describeRunStore("behind a pooler of transactions", { setup });

describe("a Postgres store with named statements behind a pooler of transactions", () => {
  test("tells which switch is wrong", async () => {
    const { store, teardown } = await openStore(pool);
    const ask = async () => {
      for (let n = 0; n < 3; n++) await store.getMigration("m");
    };
    await expect(ask()).rejects.toMatchObject({
      code: "invalid_configuration",
      message: expect.stringMatching(/namedStatements: false/),
    });
    await teardown();
  });
});

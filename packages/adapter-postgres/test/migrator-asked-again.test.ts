import type { MigratorStore } from "@loom/migrator-sdk";
import { beforeAll, describe, expect, test } from "vitest";
import { createPostgresMigratorStore } from "../src/migrator/index.ts";
import { askAgain, type CutPool, openCutPool } from "./cut-connections.ts";
import { anySchema, dropSchema, emptySchema, openPool } from "./database.ts";
import { CALLS, prepare } from "./migrator-asked-again.ts";

describe("a call of a migrator's store that comes again while its first request is still under way", () => {
  const pool = openPool();
  const schema = anySchema();
  const direct = createPostgresMigratorStore({ pool, schema });
  let cut: CutPool;
  let store: MigratorStore;

  beforeAll(async () => {
    cut = await openCutPool();
    store = createPostgresMigratorStore({ pool: cut.pool, schema });
    await store.open();
    return async () => {
      await cut.close();
      await dropSchema(pool, schema);
      await pool.end();
    };
  });

  for (const [method, { lock, call, then }] of Object.entries(CALLS))
    test(`is answered truly and does nothing twice: ${method}`, async () => {
      await emptySchema(pool, schema);
      await prepare(direct);
      await then(
        await askAgain({ pool, proxy: cut.proxy, schema }, lock, () => call(store)),
        direct,
      );
      expect.hasAssertions();
    });
});

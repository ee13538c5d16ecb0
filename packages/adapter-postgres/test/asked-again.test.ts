import type { Store } from "@loom/core";
import { beforeAll, describe, expect, test } from "vitest";
import { countHistory } from "../../../test/stores/builders.ts";
import { createPostgresStore } from "../src/index.ts";
import { CALLS, M, prepare } from "./asked-again.ts";
import { askAgain, type CutPool, openCutPool } from "./cut-connections.ts";
import { emptySchema, openPool, openStore } from "./database.ts";

describe("a call that comes again while its first request is still under way", () => {
  const pool = openPool();
  let cut: CutPool;
  let schema: string;
  let direct: Store;
  let store: Store;

  beforeAll(async () => {
    cut = await openCutPool();
    const setup = await openStore(pool);
    ({ schema, store: direct } = setup);
    store = createPostgresStore({ pool: cut.pool, schema });
    await store.ping();
    return async () => {
      await cut.close();
      await setup.teardown();
      await pool.end();
    };
  });

  for (const [method, ways] of Object.entries(CALLS))
    for (const { way, given, lock, call, then, lines = 0 } of ways)
      test(`is answered truly and does nothing twice: ${[method, way].join(" ").trim()}`, async () => {
        await emptySchema(pool, schema);
        await prepare(direct);
        await given?.(direct);
        const before = await countHistory(direct, M);
        const answer = await askAgain({ pool, proxy: cut.proxy, schema }, lock, () => call(store));
        expect((await countHistory(direct, M)) - before).toBe(lines);
        await then(answer, direct);
        expect(await direct.countCandidates(M)).toMatchObject(await counted(direct));
      });
});

/** What the counters must say. */
async function counted(store: Store): Promise<Record<string, number>> {
  const { items } = await store.listCandidates(M, { limit: 100 });
  const having = (status: string) => items.filter((each) => each.status === status).length;
  return {
    notStarted: having("not_started"),
    queued: having("queued"),
    running: having("running"),
    completed: having("completed"),
  };
}

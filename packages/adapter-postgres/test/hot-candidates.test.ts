import { afterAll, describe, expect, test } from "vitest";
import { HOT_TIMEOUT, hotLoad, moveHotCandidates } from "../../../test/stores/hot-candidates.ts";
import { createPostgresStore } from "../src/index.ts";
import { openPool, openStore } from "./database.ts";

const pools = [
  openPool(),
  openPool(),
  openPool({ options: "-c default_transaction_isolation=serializable" }),
];
afterAll(() => Promise.all(pools.map((pool) => pool.end())));

describe("many clients on a few hot candidates", () => {
  test("lose and double no change, under any default isolation", {
    timeout: HOT_TIMEOUT,
  }, async () => {
    const [first = openPool()] = pools;
    const { schema, teardown } = await openStore(first);
    const stores = pools.map((pool) => createPostgresStore({ pool, schema }));
    const load = hotLoad(250);
    const report = await moveHotCandidates(stores, "hot", load);
    expect(report).toEqual({ won: report.won, moves: report.won, lines: report.won, doubled: 0 });
    expect(report.won).toBeGreaterThan(load.candidates);
    await teardown();
  });
});

import { afterAll, describe, expect, test } from "vitest";
import { AT, changeOf, fill, HISTORY } from "../../../test/stores/builders.ts";
import { createPostgresStore } from "../src/index.ts";
import { openPool, openStore } from "./database.ts";

const M = "merged";
const NONE = { status: "not_started", attempt: 0 } as const;
const QUEUED = { status: "queued", attempt: 1 } as const;

const pool = openPool();
afterAll(() => pool.end());

describe("merges into a Postgres store", () => {
  test("never wait for each other in a circle, nor with transitions", {
    timeout: 60_000,
  }, async () => {
    const { schema, teardown } = await openStore(pool);
    const before = await deadlocks();
    const crowd = openPool({ max: 16, application_name: schema });
    const store = createPostgresStore({ pool: crowd, schema });
    const ids = Array.from({ length: 400 }, (_, n) => `c${(n * 7919) % 400}`);
    await fill(
      store,
      M,
      ids.slice(0, 200).map((id) => ({ id })),
    );
    const merges = Array.from({ length: 12 }, (_, n) => {
      const order = n % 2 ? ids : ids.toReversed();
      return store.mergeCandidates({
        migrationId: M,
        candidates: order.map((id) => ({ id, kind: String(n) })),
        discovery: { id: String(n), complete: true },
        at: AT,
        history: HISTORY,
      });
    });
    const moves = ids
      .slice(0, 200)
      .map((id) => store.changeStatus(changeOf(M, id, [NONE, QUEUED])));
    const counts = await Promise.all(merges);
    const moved = (await Promise.all(moves)).filter(({ applied }) => applied).length;
    expect(moved).toBe(200);
    expect(counts.reduce((sum, each) => sum + (each?.added ?? 0), 0)).toBe(200);
    expect(await store.countCandidates(M)).toMatchObject({ notStarted: 200, queued: 200 });
    // Connections tell the statistics all they know when they end.
    await crowd.end();
    await expect.poll(() => sessionsOf(schema)).toBe(0);
    expect(await deadlocks()).toBe(before);
    await teardown();
  });

  test("take 20,000 candidates in one list, and know them again", { timeout: 60_000 }, async () => {
    const { store, teardown } = await openStore(pool);
    const candidates = Array.from({ length: 20_000 }, (_, n) => ({
      id: `team/${n}`,
      kind: "service",
      metadata: { n: String(n) },
    }));
    await fill(store, M, candidates);
    const merge = { migrationId: M, at: AT, history: HISTORY };
    const discovery = { id: "second", complete: true };
    const changed = candidates.slice(100).map((each) => ({ ...each, kind: "job" }));
    expect(await store.mergeCandidates({ ...merge, candidates: changed, discovery })).toEqual({
      added: 0,
      updated: 19_900,
      unchanged: 0,
      removed: 100,
      preserved: 0,
    });
    expect(await store.countCandidates(M)).toMatchObject({ notStarted: 19_900 });
    await teardown();
  });

  async function sessionsOf(name: string): Promise<number> {
    const { rows } = await pool.query(
      `SELECT count(*)::integer AS sessions FROM pg_stat_activity WHERE application_name = '${name}'`,
    );
    return Number(rows[0]?.sessions);
  }

  async function deadlocks(): Promise<number> {
    const { rows } = await pool.query(
      "SELECT deadlocks::integer FROM pg_stat_database WHERE datname = current_database()",
    );
    return Number(rows[0]?.deadlocks);
  }
});

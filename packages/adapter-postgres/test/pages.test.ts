import type { CandidateFilter } from "@loom/core";
import type pg from "pg";
import { describe, expect, test } from "vitest";
import { AT, changeOf, fill } from "../../../test/stores/builders.ts";
import { createPostgresStore, type PostgresPool, type PostgresQuery } from "../src/index.ts";
import { openStore, usePool } from "./database.ts";

const M = "many";
const NONE = { status: "not_started", attempt: 0 } as const;
const RUNNING = { status: "running", attempt: 1 } as const;
const LIMIT = 20;

describe("a page of candidates", () => {
  const pool = usePool();

  const pages: readonly (readonly [string, Omit<CandidateFilter, "limit">])[] = [
    ["of a rare kind", { kind: "rare" }],
    ["of a kind that none has", { kind: "none" }],
    ["of a common kind", { kind: "common" }],
    ["of a rare kind and a common status", { kind: "rare", status: "not_started" }],
    ["of a common kind and a rare status", { kind: "common", status: "running" }],
    ["of a rare status", { status: "running" }],
    ["of a status that none has", { status: "completed" }],
    ["of a rare step status", { stepStatus: "failed" }],
    ["of all", {}],
  ];

  test("reads about what it shows, whatever it is asked by", async () => {
    const { schema, teardown } = await fillMany(pool);
    const asked: PostgresQuery[] = [];
    const store = createPostgresStore({ pool: noting(pool, asked), schema });
    const read: Record<string, number> = {};
    for (const [name, filter] of pages) {
      await store.listCandidates(M, { ...filter, limit: LIMIT });
      read[name] = await rowsRead(pool, asked.at(-1));
    }
    await teardown();
    expect(Object.entries(read).filter(([, rows]) => rows > 3 * LIMIT)).toEqual([]);
  });
});

/** 3,000 candidates: of two kinds, one of them rare, and a few that run and are at a failed step. */
async function fillMany(pool: pg.Pool) {
  const opened = await openStore(pool);
  const { store, schema } = opened;
  const kindOf = (n: number) => (n % 300 === 7 ? "rare" : "common");
  const ids = Array.from({ length: 3_000 }, (_, n) => `app-${String(n).padStart(5, "0")}`);
  await fill(
    store,
    M,
    ids.map((id, n) => ({ id, kind: kindOf(n) })),
  );
  for (const id of ids.slice(-5)) {
    await store.changeStatus(changeOf(M, id, [NONE, RUNNING]));
    const currentStep = { stepName: "bump", status: "failed", since: AT } as const;
    const progress = { phase: "running", currentStep, steps: [], compensations: [] } as const;
    await store.saveProgress(
      { migrationId: M, candidateId: id },
      { attempt: 1, sequence: 1, progress },
    );
  }
  await pool.query(`ANALYZE "${schema}".candidates`);
  return opened;
}

/** A pool that notes what it is asked. */
function noting(pool: pg.Pool, asked: PostgresQuery[]): PostgresPool {
  return {
    query(query) {
      asked.push(query);
      return pool.query(query);
    },
    connect: () => pool.connect(),
    on: (event, listener) => pool.on(event, listener),
    listenerCount: (event) => pool.listenerCount(event),
  };
}

/** The rows of candidates that Postgres looks at for a query, those included that it leaves out. */
async function rowsRead(pool: pg.Pool, query: PostgresQuery | undefined): Promise<number> {
  if (!query) throw new Error("nothing was asked");
  const client = await pool.connect();
  const values = (query.values ?? []).map((value) => client.escapeLiteral(String(value)));
  // What is kept prepared comes to have one plan for all values.
  const plan = query.name === undefined ? "force_custom_plan" : "force_generic_plan";
  await client.query(`SET plan_cache_mode = ${plan}; PREPARE page AS ${query.text}`);
  const { rows } = await client.query(
    `EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE page (${values.join(", ")})`,
  );
  client.release(true);
  return sum(rows[0]?.["QUERY PLAN"][0].Plan as Plan);
}

interface Plan {
  readonly "Relation Name"?: string;
  readonly "Actual Rows": number;
  readonly "Rows Removed by Filter"?: number;
  readonly Plans?: readonly Plan[];
}

function sum(plan: Plan): number {
  const isScan = plan["Relation Name"] === "candidates";
  const own = isScan ? plan["Actual Rows"] + (plan["Rows Removed by Filter"] ?? 0) : 0;
  return (plan.Plans ?? []).reduce((total, each) => total + sum(each), own);
}

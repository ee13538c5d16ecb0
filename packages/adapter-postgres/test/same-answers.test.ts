import { createMemoryStore } from "@loom/local";
import * as fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { sameAnswers } from "../../../test/stores/same-answers.ts";
import { dropSchema, openPool, openStore } from "./database.ts";

// One connection: a call that held it while it asked for another would never end.
const pool = openPool({ max: 1 });
const schemas: string[] = [];
afterAll(async () => {
  for (const schema of schemas) await dropSchema(pool, schema);
  await pool.end();
});

describe("a Postgres store and the memory store", () => {
  test("give the same answers, whatever is done to them", { timeout: 120_000 }, async () => {
    const open = async () => {
      const { store, schema } = await openStore(pool);
      schemas.push(schema);
      return { reference: createMemoryStore(), store };
    };
    const law = sameAnswers(open, ({ expected, found }) => expect(found).toEqual(expected));
    await fc.assert(law, { numRuns: 60 });
  });
});

import { createMemoryStore } from "@loom/local";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sameAnswers } from "../../../test/stores/same-answers.ts";
import { createPostgresStore } from "../src/index.ts";
import { usePool, useStores } from "./database.ts";

// One connection: a call that held it while it asked for another would never end.
const pool = usePool({ max: 1 });
const openStore = useStores(
  (schema) => createPostgresStore({ pool, schema }),
  (sql) => pool.query(sql),
);

describe("a Postgres store and the memory store", () => {
  test("give the same answers, whatever is done to them", { timeout: 240_000 }, async () => {
    let clean = async () => {};
    const open = async () => {
      await clean();
      const { store, teardown } = await openStore();
      clean = teardown;
      return { reference: createMemoryStore(), store };
    };
    const law = sameAnswers(open, ({ expected, found }) => expect(found).toEqual(expected));
    await fc.assert(law, { numRuns: 100 });
  });
});

import { afterAll, expect, inject, test } from "vitest";
import { DEATHS_TIMEOUT, dieEverywhere } from "../../../test/stores/deaths.ts";
import { openPool, openStore } from "./database.ts";

const pool = openPool();
afterAll(() => pool.end());

test("wherever a process over a Postgres is killed, another brings its runs to the same end", {
  timeout: DEATHS_TIMEOUT,
}, async () => {
  const { store, schema, teardown } = await openStore(pool);
  const script = new URL("./doomed-process.ts", import.meta.url);
  const report = await dieEverywhere(store, script, [inject("postgresUrl"), schema]);
  expect(report).toMatchObject({ survived: [], wrong: [] });
  expect(report.deaths).toBeGreaterThan(9);
  await teardown();
});

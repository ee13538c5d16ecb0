import { afterAll, expect, inject, test } from "vitest";
import { DEPLOY_TEST_MS, killOneOfTwo } from "../../../test/stores/rolling-deploy.ts";
import { openPool, openStore } from "./database.ts";

const pool = openPool();
afterAll(() => pool.end());

test(
  "every run ends when one of two processes over one Postgres is killed",
  async () => {
    const { store, schema, teardown } = await openStore(pool);
    const script = new URL("./loom-process.ts", import.meta.url);
    const report = await killOneOfTwo(store, script, [inject("postgresUrl"), schema], 40);
    expect(report).toMatchObject({ completed: 40, doubled: [] });
    expect(report.interrupted).toBeGreaterThan(0);
    expect(report.takenOver).toBeGreaterThanOrEqual(report.interrupted);
    await teardown();
  },
  DEPLOY_TEST_MS,
);

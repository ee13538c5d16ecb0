import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPostgresStore } from "@loom/adapter-postgres";
import { createRedisStore } from "@loom/adapter-redis";
import { Redis } from "ioredis";
import pg from "pg";
import { afterAll, beforeAll, describe } from "vitest";
import { bundleFromSource } from "../packages/engine-temporal/test/world/bundler.ts";
import { describeOver } from "../packages/engine-temporal/test/world/conformance.ts";
import { quietRuntime } from "../packages/engine-temporal/test/world/runtime.ts";
import type { GivenTemporal } from "../packages/engine-temporal/test/world/temporal.ts";
import { type PostgresServer, usePostgres } from "./servers/postgres.ts";
import { startRedis } from "./servers/redis.ts";
import { type TemporalServer, useTemporal } from "./servers/temporal.ts";

// Adapters and engines know nothing of each other: this is where they meet.
const folder = mkdtempSync(join(tmpdir(), "loom-temporal-"));
const bundlePath = join(folder, "workflows.js");
let server: TemporalServer;
let given: GivenTemporal;

beforeAll(async () => {
  quietRuntime();
  server = await useTemporal();
  writeFileSync(bundlePath, await bundleFromSource());
  given = { ...server, bundlePath };
}, 600_000);

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

describe("over Postgres", () => {
  let postgres: Pick<PostgresServer, "url" | "stop">;
  let pool: pg.Pool;
  beforeAll(async () => {
    postgres = await usePostgres();
    pool = new pg.Pool({ connectionString: postgres.url, max: 8 });
  }, 60_000);
  afterAll(async () => {
    await pool.end();
    await postgres.stop();
  });

  describeOver(
    "Postgres",
    () => given,
    async () => {
      const schema = `loom_${randomUUID().slice(0, 13)}`;
      const store = createPostgresStore({ pool, schema });
      await store.migrate();
      return {
        store,
        teardown: async () => {
          await pool.query(`DROP SCHEMA "${schema}" CASCADE`);
        },
      };
    },
  );
});

describe("over Redis", () => {
  let redis: Redis;
  let stop = async (): Promise<void> => {};
  beforeAll(async () => {
    const { REDIS_URL } = process.env;
    const started = REDIS_URL ? undefined : await startRedis();
    if (started) stop = () => started.kill();
    redis = new Redis(REDIS_URL ?? started?.url ?? "");
  }, 60_000);
  afterAll(async () => {
    redis.disconnect();
    await stop();
  });

  describeOver(
    "Redis",
    () => given,
    async () => ({
      store: createRedisStore({ redis, prefix: randomUUID() }),
      teardown: async () => {},
    }),
  );
});

import type { Redis } from "ioredis";
import { afterAll, describe, expect, test } from "vitest";
import { createRedisStore } from "../src/index.ts";
import { createRedisMigratorStore } from "../src/migrator/index.ts";
import { HISTORY, migrationOf } from "../../../test/stores/builders.ts";
import { connect, hasRedis, newPrefix } from "./support/stores.ts";

const made = { createRedisStore, createRedisMigratorStore };

for (const [name, create] of Object.entries(made)) {
  for (const prefix of ["", "a{b", "}", 5, null, {}])
    test(`${name} takes no prefix ${JSON.stringify(prefix)}`, () => {
      const redis = { defineCommand: () => undefined } as unknown as Redis;
      expect(() => create({ redis, prefix: prefix as string })).toThrow(
        expect.objectContaining({
          code: "invalid_configuration",
          message: expect.stringMatching(/^prefix: .*without braces/),
        }),
      );
    });

  for (const redis of [undefined, null, {}, "redis://127.0.0.1"])
    test(`${name} takes no ${JSON.stringify(redis)} for a client`, () => {
      expect(() => create({ redis } as unknown as { redis: Redis })).toThrow(
        expect.objectContaining({
          code: "invalid_configuration",
          message: expect.stringMatching(/^redis: a client of ioredis/),
        }),
      );
    });
}

describe.runIf(hasRedis)("stores with different prefixes", () => {
  const redis = hasRedis ? connect() : undefined;
  afterAll(() => redis?.disconnect());

  test("share nothing, whatever apps are called", async () => {
    if (!redis) return;
    const prefix = newPrefix();
    const [outer, inner] = [prefix, `${prefix}:app`].map((each) =>
      createRedisStore({ redis, prefix: each }),
    );
    for (const store of [inner, outer])
      for (const migratorApp of ["layout", "migrations"]) {
        const migration = { ...migrationOf(`m-${migratorApp}`), migratorApp };
        const registered = await store?.register({ migration, owner: "ada", history: HISTORY });
        expect(registered).toEqual({ registered: migration });
      }
    for (const store of [inner, outer]) {
      await store?.ping();
      expect(await store?.listMigrations()).toHaveLength(2);
    }
  });
});

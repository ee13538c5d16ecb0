import { LoomError } from "@loom/core";
import type { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createRedisStore } from "../src/index.ts";
import { HISTORY, migrationOf } from "../../../test/stores/builders.ts";
import { breaking } from "./support/breaking.ts";
import { connect, hasRedis, newPrefix } from "./support/stores.ts";

describe.runIf(hasRedis)("an announcement of several scripts", () => {
  let redis: Redis;
  let prefix: string;

  beforeEach(() => {
    redis = connect();
    prefix = newPrefix();
  });
  afterEach(() => redis.disconnect());

  const registration = (owner = "ada", app = "charts") => ({
    migration: { ...migrationOf("m"), migratorApp: app },
    owner,
    history: HISTORY,
  });

  for (const after of [0, 1, 2, 3])
    test(`is not seen when it broke off after ${after} requests, and is completed by the same one`, async () => {
      const dying = createRedisStore({ redis: breaking(redis, after), prefix });
      const broken = await dying.register(registration()).catch((error: unknown) => error);
      expect(LoomError.is(broken, "store_unavailable")).toBe(true);
      const store = createRedisStore({ redis, prefix });
      expect([await store.getMigration("m"), await store.listMigrations()]).toEqual([null, []]);
      expect((await store.listRunning({ limit: 5 })).items).toEqual([]);
      const { migration } = registration();
      expect(await store.register(registration())).toEqual({ registered: migration });
      expect((await store.listHistory("m", { limit: 5 })).items).toEqual([HISTORY]);
      expect(await store.findMigrator("charts")).toMatchObject({ app: "charts" });
    });

  test("leaves no app to the one of two principals who comes too late for the migration", async () => {
    const store = createRedisStore({ redis, prefix });
    for (let round = 0; round < 20; round++) {
      const id = `m${round}`;
      const owners = ["ada", "eve"];
      const answers = await Promise.all(
        owners.map((owner) => {
          const given = registration(owner, `${owner} ${round}`);
          return store.register({ ...given, migration: { ...given.migration, id } });
        }),
      );
      const loser = owners[answers.findIndex((answer) => "taken" in answer)];
      expect(await store.findMigrator(`${loser} ${round}`)).toBe(null);
    }
  });

  test("gives an app back its address when the migration turns out to be taken", async () => {
    const store = createRedisStore({ redis, prefix });
    await store.register(registration("eve", "tools"));
    const given = registration("ada", "charts");
    await store.register({ ...given, migration: { ...given.migration, id: "other" } });
    const url = "https://elsewhere.example";
    const late = { ...given, migration: { ...given.migration, migratorUrl: url } };
    // The first look at the migration finds it free, as if it had been taken just after it.
    const blind = createRedisStore({ redis: blindOnce(redis), prefix });
    expect(await blind.register(late)).toEqual({ taken: "migration" });
    expect((await store.findMigrator("charts"))?.url).toBe("https://charts.example/loom");
  });
});

/** A client whose first look at a migration answers that there is nothing. */
function blindOnce(redis: Redis): Redis {
  let isBlind = true;
  return new Proxy(redis, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function" || !String(name).startsWith("loom.describe")) return member;
      return (...args: unknown[]) => {
        if (!isBlind) return Reflect.apply(member, target, args);
        isBlind = false;
        return Promise.resolve(Array.from({ length: 9 }, () => null));
      };
    },
  });
}

import type { CandidateCounts, Migration, MigrationStore, Registration } from "@loom/core";
import { type Commands, scriptOf } from "./client/client.ts";
import type { Keys } from "./client/keys.ts";
import { STATUS_CODES, STEP_CODES } from "./codec/codes.ts";
import { packHistory } from "./codec/history.ts";
import { fromJson, toJson } from "./codec/json.ts";
import { newToken } from "./codec/token.ts";
import type { Apps } from "./apps.ts";
import { ANSWER_SECONDS } from "./lua/args.ts";
import type { Registry } from "./registry.ts";

/** @returns the time of the first announcement; nothing when another principal owns the migration */
const REGISTER = scriptOf(
  "register",
  `local owner = redis.call('HGET', KEYS[1], 'owner')
  if owner and owner ~= ARGV[1] then return false end
  if redis.call('SET', KEYS[3], '1', 'EX', ${ANSWER_SECONDS}, 'NX') then
    redis.call('HSETNX', KEYS[1], 'createdAt', ARGV[3])
    redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'migration', ARGV[2])
    redis.call('RPUSH', KEYS[2], ARGV[4])
  end
  return redis.call('HGET', KEYS[1], 'createdAt')`,
);

/** @returns owner, migration and createdAt, then the six counts */
const DESCRIBE = scriptOf(
  "describe",
  `local found = redis.call('HMGET', KEYS[1], 'owner', 'migration', 'createdAt')
  for n = 2, 5 do found[#found + 1] = redis.call('ZCARD', KEYS[n]) end
  for _, code in ipairs(ARGV) do
    found[#found + 1] = redis.call('ZLEXCOUNT', KEYS[6], '[' .. code, '(' .. code .. '\\255')
  end
  return found`,
);

type Methods = Pick<
  MigrationStore,
  "register" | "getMigration" | "listMigrations" | "countCandidates" | "findMigrator"
>;

interface Description {
  readonly owner: string | null;
  readonly migration: Migration | null;
  readonly counts: CandidateCounts;
}

export function createMigrations(
  commands: Commands,
  keys: Keys,
  { apps, registry }: { readonly apps: Apps; readonly registry: Registry },
): Methods {
  const describe = async (migrationId: string): Promise<Description> => {
    const of = keys.of(migrationId);
    const statuses = Object.values(STATUS_CODES).map(of.status);
    const where = [of.migration, ...statuses, of.steps];
    const codes = [STEP_CODES.failed, STEP_CODES.awaiting_review];
    return descriptionOf((await commands.run(DESCRIBE, where, codes)) as (string | null)[]);
  };

  const put = async ({ migration, owner, history }: Registration): Promise<Migration | null> => {
    const of = keys.of(migration.id);
    const where = [of.migration, of.history, of.answer(newToken())];
    const args = [owner, toJson(migration), migration.createdAt, packHistory(history)];
    const createdAt = await commands.run(REGISTER, where, args);
    return typeof createdAt === "string" ? { ...migration, createdAt } : null;
  };

  return {
    // The app comes first and the migration last: whatever a crash leaves is an address that nobody asks for, or an id in the
    // registry without a migration, which readers pass over. The same announcement again completes it.
    async register(registration) {
      const { migration, owner } = registration;
      const known = await describe(migration.id);
      if ((known.owner ?? owner) !== owner) return { taken: "migration" };
      const claim = await apps.claim(migration, owner);
      if (!claim) return { taken: "app" };
      await registry.add(migration.id);
      const registered = await put(registration);
      if (registered) return { registered: plain(registered) };
      await apps.giveBack(claim);
      return { taken: "migration" };
    },
    async getMigration(migrationId) {
      return (await describe(migrationId)).migration;
    },
    async listMigrations() {
      const described = await Promise.all((await registry.all()).map(describe));
      return described.flatMap(({ migration, counts }) =>
        migration ? [{ ...migration, counts }] : [],
      );
    },
    async countCandidates(migrationId) {
      return (await describe(migrationId)).counts;
    },
    findMigrator: (app) => apps.find(app),
  };
}

function descriptionOf(reply: readonly (string | null)[]): Description {
  const [owner = null, migration, createdAt, ...numbers] = reply;
  const [notStarted, queued, running, completed, blocked, awaitingReview] = numbers.map(Number);
  return {
    owner,
    migration: migration
      ? { ...(fromJson(migration) as Migration), createdAt: createdAt ?? "" }
      : null,
    counts: {
      notStarted: notStarted ?? 0,
      queued: queued ?? 0,
      running: running ?? 0,
      completed: completed ?? 0,
      blocked: blocked ?? 0,
      awaitingReview: awaitingReview ?? 0,
    },
  };
}

/** What a caller gets shares nothing with what it gave. */
function plain(migration: Migration): Migration {
  return fromJson(toJson(migration)) as Migration;
}

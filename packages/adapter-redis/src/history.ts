import type {
  CancelledAttempt,
  HistoryEntry,
  HistoryStore,
  MigrationStore,
  Page,
  PageRequest,
} from "@loom/core";
import { type Commands, scriptOf } from "./client/client.ts";
import type { Keys } from "./client/keys.ts";
import { decodeCursor, encodeCursor, invalidCursor } from "./codec/cursor.ts";
import { fromJson, toJson } from "./codec/json.ts";
import { newToken } from "./codec/token.ts";
import { ANSWER_SECONDS } from "./lua/args.ts";

const APPEND = scriptOf(
  "appendHistory",
  `if redis.call('SET', KEYS[2], '1', 'EX', ${ANSWER_SECONDS}, 'NX') then
    redis.call('XADD', KEYS[1], '*', 'e', ARGV[1])
  end
  return 1`,
);

/** @returns ids and entries by turns, the latest first */
const READ_BACK = scriptOf(
  "readBack",
  `local found = {}
  for _, each in ipairs(redis.call('XREVRANGE', KEYS[1], ARGV[1], '-', 'COUNT', ARGV[2])) do
    found[#found + 1] = each[1]
    found[#found + 1] = each[2][2]
  end
  return found`,
);

/** The id that a stream gives to an entry. */
const POSITION = /^\d{1,20}-\d{1,20}$/;

type Methods = HistoryStore & Pick<MigrationStore, "listCancelledAttempts">;

export function createHistory(commands: Commands, keys: Keys): Methods {
  return {
    async appendHistory(migrationId, entry) {
      const { history, answer } = keys.of(migrationId);
      await commands.run(APPEND, [history, answer(newToken())], [toJson(entry)]);
    },
    listHistory: (migrationId, page) =>
      latestFirst<HistoryEntry>(commands, "history", keys.of(migrationId).history, page),
    listCancelledAttempts: (migrationId, page) =>
      latestFirst<CancelledAttempt>(commands, "cancelled", keys.of(migrationId).cancelled, page),
  };
}

async function latestFirst<T>(
  commands: Commands,
  list: string,
  key: string,
  { cursor, limit }: PageRequest,
): Promise<Page<T>> {
  const before = positionOf(list, cursor);
  const from = before === undefined ? "+" : `(${before}`;
  const found = (await commands.run(READ_BACK, [key], [from, limit + 1])) as string[];
  const items = found
    .filter((_, n) => n % 2 === 1)
    .slice(0, limit)
    .map((text) => fromJson(text) as T);
  const last = found[2 * limit - 2];
  return found.length > 2 * limit && last !== undefined
    ? { items, nextCursor: encodeCursor(list, last) }
    : { items };
}

function positionOf(list: string, cursor: string | undefined): string | undefined {
  const position = decodeCursor(list, cursor);
  // A position that is no id would be an error of Redis; it is one of the caller.
  if (position !== undefined && !POSITION.test(position)) throw invalidCursor();
  return position;
}

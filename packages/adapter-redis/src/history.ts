import type { CancelledAttempt, HistoryStore, MigrationStore, Page, PageRequest } from "@loom/core";
import { type Commands, scriptOf } from "./client/client.ts";
import type { Keys } from "./client/keys.ts";
import { decodeCursor, encodeCursor, invalidCursor } from "./codec/cursor.ts";
import { packHistory, unpackHistory } from "./codec/history.ts";
import { fromJson } from "./codec/json.ts";
import { newToken } from "./codec/token.ts";
import { ANSWER_SECONDS } from "./lua/args.ts";

const APPEND = scriptOf(
  "appendHistory",
  `if redis.call('SET', KEYS[2], '1', 'EX', ${ANSWER_SECONDS}, 'NX') then
    redis.call('RPUSH', KEYS[1], ARGV[1])
  end
  return 1`,
);

/** @returns how many older ones there are, then the lines of the page, the oldest first */
const READ_BACK = scriptOf(
  "readBack",
  `local size = redis.call('LLEN', KEYS[1])
  local upto = math.min(tonumber(ARGV[1]) or size, size)
  local from = math.max(0, upto - tonumber(ARGV[2]))
  return {from, upto > 0 and redis.call('LRANGE', KEYS[1], from, upto - 1) or {}}`,
);

/** How many lines are older than the page. */
const POSITION = /^[1-9]\d{0,14}$/;

type Methods = HistoryStore & Pick<MigrationStore, "listCancelledAttempts">;

export function createHistory(commands: Commands, keys: Keys): Methods {
  return {
    async appendHistory(migrationId, entry) {
      const { history, answer } = keys.of(migrationId);
      await commands.run(APPEND, [history, answer(newToken())], [packHistory(entry)]);
    },
    async listHistory(migrationId, page) {
      const { history } = keys.of(migrationId);
      return mapped(await latestFirst(commands, "history", history, page), unpackHistory);
    },
    async listCancelledAttempts(migrationId, page) {
      const { cancelled } = keys.of(migrationId);
      const lines = await latestFirst(commands, "cancelled", cancelled, page);
      return mapped(lines, (line) => fromJson(line) as CancelledAttempt);
    },
  };
}

async function latestFirst(
  commands: Commands,
  list: string,
  key: string,
  { cursor, limit }: PageRequest,
): Promise<Page<string>> {
  const position = positionOf(list, cursor);
  const reply = await commands.run(READ_BACK, [key], [position ?? "", limit]);
  const [older, lines] = reply as [number | string, string[]];
  const items = lines.toReversed();
  return Number(older) > 0 ? { items, nextCursor: encodeCursor(list, String(older)) } : { items };
}

function mapped<T>({ items, ...rest }: Page<string>, read: (line: string) => T): Page<T> {
  return { items: items.map(read), ...rest };
}

function positionOf(list: string, cursor: string | undefined): string | undefined {
  const position = decodeCursor(list, cursor);
  if (position !== undefined && !POSITION.test(position)) throw invalidCursor();
  return position;
}

import { type Commands, scriptOf } from "../client/client.ts";
import type { MigrationKeys } from "../client/keys.ts";
import { STATUS_CODES } from "../codec/codes.ts";
import { newToken } from "../codec/token.ts";
import { scanAll } from "../listing/scan.ts";
import { ANSWER_SECONDS } from "../lua/args.ts";
import { MERGE } from "../lua/merge.ts";
import { TEXTS } from "../lua/texts.ts";

interface LeftOutCounts {
  readonly removed: number;
  readonly preserved: number;
}

/** @returns how many were removed and preserved, as one text */
const REMOVE_CHUNK = scriptOf(
  "removeChunk",
  `${TEXTS}${MERGE}
  local answered = redis.call('GET', KEYS[1])
  if answered then return answered end
  local at = {notStarted = KEYS[2], kinds = KEYS[3], removed = KEYS[4]}
  local removed, preserved = 0, 0
  for n = 2, #ARGV do
    local key = 3 * n - 1
    local found = redis.call('HMGET', KEYS[key], 's', 'l', 'k')
    if found[1] and tonumber(found[2]) < tonumber(ARGV[1]) then
      if string.sub(found[1], 1, 1) == 'n' then
        removeCandidate(at, KEYS[key], KEYS[key + 1], KEYS[key + 2], ARGV[n], string.sub(found[1], 2), found[3])
        removed = removed + 1
      else
        preserved = preserved + 1
      end
    end
  end
  redis.call('SET', KEYS[1], removed .. ' ' .. preserved, 'EX', ${ANSWER_SECONDS})
  return removed .. ' ' .. preserved`,
);

/**
 * Removes the candidates that are not started and that no submission from `begin` on has listed, in bounded steps over all
 * ids in order: each is looked at once, wherever it moves meanwhile.
 */
export async function removeLeftOut(
  commands: Commands,
  keys: MigrationKeys,
  begin: string,
  chunk: number,
): Promise<LeftOutCounts> {
  let [removed, preserved] = [0, 0];
  for (let after: string | undefined, isEnd = false; !isEnd; ) {
    const scanned = await scanAll(commands, keys, after, chunk);
    const counts = await removeChunk(commands, keys, begin, scanned.ids);
    removed += counts.removed;
    preserved += counts.preserved;
    after = scanned.ids.at(-1);
    isEnd = scanned.isEnd;
  }
  return { removed, preserved };
}

async function removeChunk(
  commands: Commands,
  keys: MigrationKeys,
  begin: string,
  ids: readonly string[],
): Promise<LeftOutCounts> {
  if (ids.length === 0) return { removed: 0, preserved: 0 };
  const where = [
    keys.answer(newToken()),
    keys.status(STATUS_CODES.not_started),
    keys.kinds,
    keys.removed,
    ...ids.flatMap((id) => [keys.candidate(id), keys.manifest(id), keys.view(id)]),
  ];
  const answer = await commands.run(REMOVE_CHUNK, where, [begin, ...ids]);
  const [removed = 0, preserved = 0] = String(answer).split(" ").map(Number);
  return { removed, preserved };
}

import type { CandidateMerge } from "@loom/core";
import { type Commands, scriptOf } from "../client/client.ts";
import type { MigrationKeys } from "../client/keys.ts";
import { packHistory } from "../codec/history.ts";
import { newToken } from "../codec/token.ts";
import { ANSWER_SECONDS } from "../lua/args.ts";

/** A list of candidates that was taken up: its number, and that of the first one of its discovery. */
export interface Submission {
  readonly number: string;
  readonly begin: string;
}

/** How many discoveries of a migration are remembered at least, so that a late chunk still finds when its own began. */
const DISCOVERIES_KEPT = 200;
/** How many more there may be before the oldest are forgotten, all at once. */
const SLACK = 50;

/** @returns number and begin; nothing when the migration was never announced */
const BEGIN = scriptOf(
  "beginSubmission",
  `if redis.call('EXISTS', KEYS[1]) == 0 then return false end
  local answered = redis.call('GET', KEYS[4])
  if answered then return answered end
  local number = redis.call('HINCRBY', KEYS[1], 'submissions', 1)
  local known = redis.call('HGET', KEYS[2], ARGV[1])
  local begin = known and string.match(known, '^%d+') or number
  redis.call('HSET', KEYS[2], ARGV[1], begin .. ' ' .. number)
  if redis.call('HLEN', KEYS[2]) > ${DISCOVERIES_KEPT + SLACK} then
    local all, latest = redis.call('HGETALL', KEYS[2]), {}
    for n = 2, #all, 2 do latest[#latest + 1] = {all[n - 1], tonumber(string.match(all[n], '%d+$'))} end
    table.sort(latest, function(a, b) return a[2] > b[2] end)
    for n = ${DISCOVERIES_KEPT + 1}, #latest do redis.call('HDEL', KEYS[2], latest[n][1]) end
  end
  redis.call('RPUSH', KEYS[3], ARGV[2])
  redis.call('SET', KEYS[4], number .. ' ' .. begin, 'EX', ${ANSWER_SECONDS})
  return number .. ' ' .. begin`,
);

/**
 * Takes up a list of candidates, and writes its line of history: also of one that a crash cuts short.
 *
 * @returns `null` when the migration was never announced
 */
export async function beginSubmission(
  commands: Commands,
  keys: MigrationKeys,
  { discovery, history }: CandidateMerge,
): Promise<Submission | null> {
  const where = [keys.migration, keys.discoveries, keys.history, keys.answer(newToken())];
  const answer = await commands.run(BEGIN, where, [discovery.id, packHistory(history)]);
  if (typeof answer !== "string") return null;
  const [number = "", begin = ""] = answer.split(" ");
  return { number, begin };
}

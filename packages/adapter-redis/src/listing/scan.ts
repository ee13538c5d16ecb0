import { byCodePoint } from "@loom/core";
import { type Commands, scriptOf } from "../client/client.ts";
import type { MigrationKeys } from "../client/keys.ts";
import { STATUS_CODES } from "../codec/codes.ts";

/** Some ids in order. Nothing comes after them when `isEnd`. */
export interface Scanned {
  readonly ids: readonly string[];
  readonly isEnd: boolean;
}

/** @returns the ids of each status from the bound on, at one moment */
const SCAN_ALL = scriptOf(
  "scanAll",
  `local found = {}
  for n, key in ipairs(KEYS) do
    found[n] = redis.call('ZRANGEBYLEX', key, ARGV[1], '+', 'LIMIT', 0, ARGV[2])
  end
  return found`,
);

/** The first ids after an id, of all statuses. Each is of one status, and a move changes no id's place. */
export async function scanAll(
  commands: Commands,
  keys: MigrationKeys,
  after: string | undefined,
  count: number,
): Promise<Scanned> {
  const where = Object.values(STATUS_CODES).map(keys.status);
  const from = after === undefined ? "-" : `(${after}`;
  const groups = (await commands.run(SCAN_ALL, where, [from, count + 1])) as string[][];
  const ids = groups.flat();
  if (groups.filter(({ length }) => length > 0).length > 1) ids.sort(byCodePoint);
  return { ids: ids.slice(0, count), isEnd: ids.length <= count };
}

/** A sorted set whose members are a prefix and an id. */
export interface Index {
  readonly key: string;
  readonly prefix: string;
}

/** @returns the ids that are in all indexes, then the last one looked at, if there may be more */
const SCAN_INDEX = scriptOf(
  "scanIndex",
  `local prefix, after, most = ARGV[1], ARGV[2], tonumber(ARGV[3])
  local from = after == '' and '[' .. prefix or '(' .. prefix .. after
  local upto = '(' .. prefix .. '\\255'
  if prefix == '' then
    upto = '+'
    if after == '' then from = '-' end
  end
  local members = redis.call('ZRANGEBYLEX', KEYS[1], from, upto, 'LIMIT', 0, ARGV[4])
  local found, last = {}, false
  for n, member in ipairs(members) do
    local id = string.sub(member, #prefix + 1)
    local isIn = true
    for other = 2, #KEYS do
      isIn = isIn and redis.call('ZSCORE', KEYS[other], ARGV[3 + other] .. id)
    end
    if isIn then found[#found + 1] = id end
    if #found == most or n == tonumber(ARGV[4]) then
      last = id
      break
    end
  end
  return {found, last}`,
);

/** Most members that one script looks at. */
const LOOKED_AT = 1_000;

/** The first ids after an id that are in the first index and in the others. */
export async function scanIndex(
  commands: Commands,
  indexes: readonly Index[],
  after: string | undefined,
  count: number,
): Promise<Scanned & { readonly last?: string }> {
  const [first, ...others] = indexes;
  const most = others.length > 0 ? Math.max(count, LOOKED_AT) : count;
  const args = [
    first?.prefix ?? "",
    after ?? "",
    count,
    most,
    ...others.map(({ prefix }) => prefix),
  ];
  const where = indexes.map(({ key }) => key);
  const reply = await commands.run(SCAN_INDEX, where, args);
  const [ids, last] = reply as [string[], string | null];
  return last === null ? { ids, isEnd: true } : { ids, isEnd: false, last };
}

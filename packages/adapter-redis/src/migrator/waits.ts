import type { KeptSettlement, MigratorWaits, Wait } from "@loom/migrator-sdk";
import { fromJson, toJson } from "../codec/json.ts";
import { packEvent } from "./outbox.ts";
import { answeringScript, LEASED_SECONDS, migratorScript, type MigratorScripts } from "./script.ts";

/** @returns whether one is closed, what is kept, then wait and when to check it by turns */
const FIND = migratorScript(
  "find",
  `local key = nextArg()
  local prefix = packed(key, '')
  local found = {redis.call('ZSCORE', at.closed, key) and '1' or '0', redis.call('HGET', at.kept, key) or ''}
  for _, member in ipairs(redis.call('ZRANGEBYLEX', at.byKey, '[' .. prefix, '(' .. prefix .. '\\255')) do
    local id = string.sub(member, #prefix + 1)
    local _, body = unpacked(redis.call('HGET', at.waits, id))
    found[#found + 1] = body
    found[#found + 1] = redis.call('ZSCORE', at.checks, id) or ''
  end
  return found`,
);

const KEEP = migratorScript(
  "keep",
  `local key, time, kept = nextArg(), nextArg(), nextArg()
  redis.call('HSET', at.kept, key, kept)
  redis.call('ZADD', at.keptAt, time, key)
  return 1`,
);

const CLOSE = answeringScript(
  "closeWait",
  `local id, time = nextArg(), nextArg()
  if not closeWait(id, time) then return {'0'} end
  appendEvent(nextArg(), nextArg(), nextArg())
  return {'1'}`,
);

const CHECK_AGAIN = migratorScript(
  "checkAgain",
  `local id, time = nextArg(), nextArg()
  if redis.call('HEXISTS', at.waits, id) == 1 then redis.call('ZADD', at.checks, time, id) end
  return 1`,
);

/** @returns wait and when it was to be checked by turns */
const TAKE_DUE = answeringScript(
  "takeDueChecks",
  `local now, next, limit = nextArg(), nextArg(), nextArg()
  local due = redis.call('ZRANGEBYSCORE', at.checks, '-inf', now, 'WITHSCORES', 'LIMIT', 0, limit)
  local found = {}
  for n = 1, #due, 2 do
    local _, body = unpacked(redis.call('HGET', at.waits, due[n]))
    redis.call('ZADD', at.checks, next, due[n])
    found[#found + 1] = body
    found[#found + 1] = due[n + 1]
  end
  return found`,
  LEASED_SECONDS,
);

export function createWaits({ run, ask }: MigratorScripts): MigratorWaits {
  return {
    async find(key) {
      const [closed, kept, ...waits] = (await run(FIND, [key])) as string[];
      return {
        open: waitsIn(waits),
        closed: closed === "1",
        kept: kept ? (fromJson(kept) as KeptSettlement) : null,
      };
    },
    async keep(key, kept) {
      await run(KEEP, [key, kept.at, toJson(kept)]);
    },
    async close(id, event, now) {
      return (await ask(CLOSE, [id, now, ...packEvent(event)]))[0] === "1";
    },
    async checkAgain(id, checkAt) {
      await run(CHECK_AGAIN, [id, checkAt]);
    },
    async takeDueChecks({ now, nextCheckAt, limit }) {
      return waitsIn(await ask(TAKE_DUE, [now, nextCheckAt, limit]));
    },
  };
}

function waitsIn(flat: readonly string[]): readonly Wait[] {
  const waits: Wait[] = [];
  for (let at = 0; at < flat.length; at += 2) {
    const wait = fromJson(flat[at] ?? "") as Wait;
    const checkAt = flat[at + 1];
    waits.push(checkAt ? { ...wait, checkAt: Number(checkAt) } : wait);
  }
  return waits;
}

import type { MigratorStore } from "@loom/migrator-sdk";
import { migratorScript, type MigratorScripts } from "./script.ts";

/** Most of each kind that one script forgets. */
const CHUNK = 500;

const NEXT = migratorScript(
  "next",
  `local first = false
  for _, key in ipairs({at.todo, at.checks, at.due}) do
    local moment = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')[2]
    if moment and (not first or tonumber(moment) < tonumber(first)) then first = moment end
  end
  return first`,
);

/** @returns whether there is more to forget */
const FORGET = migratorScript(
  "forget",
  `local before = nextArg()
  local overBefore, keptBefore = '(' .. before, '(' .. nextArg()
  local over = redis.call('ZRANGEBYSCORE', at.over, '-inf', overBefore, 'LIMIT', 0, ${CHUNK})
  for _, id in ipairs(over) do
    local run = callOf(id)
    if redis.call('HGET', at.latest, run) == id then
      redis.call('HDEL', at.latest, run)
      local lane = laneOf(run)
      if lane and tonumber(lane.leased) < tonumber(before) then redis.call('HDEL', at.lanes, run) end
    end
    redis.call('HDEL', at.calls, id)
    redis.call('ZREM', at.over, id)
  end
  local closed = redis.call('ZRANGEBYSCORE', at.closed, '-inf', overBefore, 'LIMIT', 0, ${CHUNK})
  for _, key in ipairs(closed) do redis.call('ZREM', at.closed, key) end
  local kept = redis.call('ZRANGEBYSCORE', at.keptAt, '-inf', keptBefore, 'LIMIT', 0, ${CHUNK})
  for _, key in ipairs(kept) do
    redis.call('HDEL', at.kept, key)
    redis.call('ZREM', at.keptAt, key)
  end
  return math.max(#over, #closed, #kept) == ${CHUNK} and 1 or 0`,
);

export function createUpkeep({
  run,
}: MigratorScripts): Pick<MigratorStore, "nextDueAt" | "forget"> {
  return {
    async nextDueAt() {
      const moment = await run(NEXT, []);
      return moment === null ? null : Number(moment);
    },
    async forget({ overBefore, keptBefore }) {
      while (Number(await run(FORGET, [overBefore, keptBefore])) === 1);
    },
  };
}

import { COMPARE, MOVE, MOVE_ARGS, MOVE_KEYS, readMove } from "./move.ts";
import { TEXTS } from "./texts.ts";
import { SET_STEP, SHOW_VIEW } from "./views.ts";

/** Lua that begins the run of a claim, in place of an earlier one. */
const BEGIN_RUN = `
if ran then
  setStep(steps, id, redis.call('HGET', candidate, 'g'), '', '')
  redis.call('HDEL', candidate, 'n')
  redis.call('DEL', view)
end
redis.call('HSET', candidate, 'r', attempt, 'p', 'r', 'd', 'p', 'b', time)
redis.call('SET', manifest, claim)
if digest ~= '' then redis.call('HSETNX', plans, digest, plan) end
`;

/** Lua that ends the run of a candidate which runs no more. */
const END_RUN = `
redis.call('HSET', candidate, 'p', 'f')
setStep(steps, id, redis.call('HGET', candidate, 'g'), '', '')
`;

/**
 * Lua statements that make a change with all that it begins, shows and ends of a run, if it `isReady`. Its view stands at the
 * end of its arguments.
 *
 * @param key the first of its keys
 * @param arg the first of its arguments
 */
export function applyChange(key: number, arg: number): string {
  const [ofRun, rest] = [key + MOVE_KEYS, arg + MOVE_ARGS];
  return `${readMove(key, arg)}
local view, steps, manifest, cancelled, plans = unpack(KEYS, ${ofRun}, ${ofRun + 4})
local attempt, claim, digest, plan, ended = unpack(ARGV, ${rest}, ${rest + 4})
${COMPARE}
if isReady then
  ${TEXTS}${SET_STEP}
  position = ${rest + 4}
  ${SHOW_VIEW}
  ${MOVE}
  if claim ~= '' then
    ${BEGIN_RUN}
  elseif ran and string.sub(to, 1, 1) ~= 'r' then
    ${END_RUN}
  end
  if ended ~= '' then redis.call('RPUSH', cancelled, ended) end
end
`;
}

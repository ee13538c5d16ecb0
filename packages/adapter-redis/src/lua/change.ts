import {
  compare,
  MOVE_ARGS,
  MOVE_IN_LISTS,
  MOVE_KEYS,
  NEXT_TOKENS,
  PUT_INPUTS,
  readMove,
} from "./move.ts";
import { READ_VIEW, SET_STEP } from "./views.ts";

/** Lua that names the fields which a change of position writes. */
const FIELDS = `
local fields = {'s', to, 'u', time, 't', ${NEXT_TOKENS}}
local function field(name, value)
  fields[#fields + 1] = name
  fields[#fields + 1] = value
end
if hasShortInputs then field('i0', inputs) end
`;

/** Lua that begins the run of a claim, in place of an earlier one. */
const BEGIN_RUN = `
field('r', attempt)
field('p', 'r')
field('d', 'p')
field('b', time)
redis.call('SET', manifest, claim)
if digest ~= '' then redis.call('HSETNX', plans, digest, plan) end
if ran then
  redis.call('HDEL', candidate, 'n')
  redis.call('DEL', view)
end
`;

/** Lua that shows the last view of a run, and ends the run unless it runs on. */
const END_RUN = `
${READ_VIEW}
if shows then
  field('n', sequence)
  field('d', 'd')
  redis.call('SET', view, text)
end
if not runsOn then
  if ran then field('p', 'f') end
  code, step = '', ''
elseif shows then
  field('p', phase)
else
  code = nil
end
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
local attempt, claim, digest, plan, ended, shown = unpack(ARGV, ${rest}, ${rest + 5})
${compare(", 'r', 'n', 'p', 'g'")}
if isReady then
  local ran, seen, before, stood = found[4], found[5], found[6], found[7]
  local runsOn = claim == '' and string.sub(to, 1, 1) == 'r'
  local code, step = '', ''
  ${FIELDS}
  if claim ~= '' then
    ${BEGIN_RUN}
  else
    position = ${rest + 5}
    ${END_RUN}
  end
  redis.call('HSET', candidate, unpack(fields))
  ${PUT_INPUTS}${SET_STEP}${MOVE_IN_LISTS}
  if ended ~= '' then redis.call('RPUSH', cancelled, ended) end
end
`;
}

import type { MigrationKeys } from "../client/keys.ts";
import { TEXTS } from "./texts.ts";

/**
 * Lua that puts a candidate at the `step` with a `code`, at none when the code is empty, and leaves it where it is when there
 * is no code; `stood` is the code of the step where it was.
 */
export const SET_STEP = `
if code and (stood or code ~= '') then
  if stood and stood ~= code then redis.call('ZREM', steps, stood .. id) end
  if code == '' then
    redis.call('HDEL', candidate, 'g')
  elseif stood ~= code then
    redis.call('HSET', candidate, 'g', code)
    redis.call('ZADD', steps, 0, code .. id)
  end
  ${TEXTS} put(candidate, 'w', step)
end
`;

/**
 * Lua that reads the rest of a view from the next arguments, when there is one for the attempt `shown`, and finds out whether
 * it `shows`. The summary of a run is in its candidate's hash: `r` attempt (`ran`), `p` phase (`before`), `d` delivery, `b` when
 * it began, `n` sequence of its view (`seen`), `g` code of its step's status, `w…` its step.
 */
export const READ_VIEW = `
local shows, sequence, phase, text = false
if shown ~= '' then
  sequence, phase, code, step, text = nextArg(), nextArg(), nextArg(), nextArg(), nextArg()
  shows = found[1] == 'r' .. shown and ran == shown and (not seen or tonumber(seen) < tonumber(sequence))
  if before == 'c' and phase == 'r' then phase = 'c' end
end
`;

/** Lua statements that read a view from the next arguments, and show it. */
export const SHOW_VIEW = `
local shown = nextArg()
if shown ~= '' then
  local found = redis.call('HMGET', candidate, 's', 'r', 'n', 'p', 'g')
  local ran, seen, before, stood = found[2], found[3], found[4], found[5]
  local code, step
  ${READ_VIEW}
  if shows then
    redis.call('HSET', candidate, 'n', sequence, 'p', phase, 'd', 'd')
    ${SET_STEP}
    redis.call('SET', view, text)
  end
end
`;

/** The keys of a view, in order. */
export function viewKeys(keys: MigrationKeys, id: string): readonly string[] {
  return [keys.candidate(id), keys.view(id), keys.steps];
}

import type { MigrationKeys } from "../client/keys.ts";

/** A Lua function that puts a candidate at a step, or at none; `before` is the code of the step where it was. Needs `put`. */
export const SET_STEP = `
local function setStep(steps, id, before, code, text)
  if before and before ~= code then redis.call('ZREM', steps, before .. id) end
  if code ~= '' and before ~= code then
    redis.call('HSET', candidate, 'g', code)
    redis.call('ZADD', steps, 0, code .. id)
  end
  if before and code == '' then redis.call('HDEL', candidate, 'g') end
  if before or code ~= '' then put(candidate, 'w', text) end
end
`;

/**
 * Lua statements that read a view from the next arguments, and show it. The summary of a run is in its candidate's hash: `r`
 * attempt, `p` phase, `d` delivery, `b` when it began, `n` sequence of its view, `g` code of its step's status, `w…` its step.
 */
export const SHOW_VIEW = `
local shown = nextArg()
if shown ~= '' then
  local sequence, phase, code, step, text = nextArg(), nextArg(), nextArg(), nextArg(), nextArg()
  local seen = redis.call('HMGET', candidate, 's', 'r', 'n', 'p', 'g')
  local runs = seen[1] == 'r' .. shown and seen[2] == shown
  if runs and (not seen[3] or tonumber(seen[3]) < tonumber(sequence)) then
    if seen[4] == 'c' and phase == 'r' then phase = 'c' end
    redis.call('HSET', candidate, 'n', sequence, 'p', phase, 'd', 'd')
    setStep(steps, id, seen[5], code, step)
    redis.call('SET', view, text)
  end
end
`;

/** The keys of a view, in order. */
export function viewKeys(keys: MigrationKeys, id: string): readonly string[] {
  return [keys.candidate(id), keys.view(id), keys.steps];
}

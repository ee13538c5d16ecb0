import type { MigrationKeys } from "../client/keys.ts";

/**
 * Lua functions for the summary of a run in its candidate's hash: `r` attempt, `p` phase, `d` delivery, `b` when it began,
 * `n` sequence of its view, `g` code of its step's status, `w…` its step. `at` names the keys.
 */
export const VIEWS = `
local function takeStep(at, id)
  local code = redis.call('HGET', at.candidate, 'g')
  if not code then return end
  redis.call('HDEL', at.candidate, 'g')
  redis.call('ZREM', at.steps, code .. id)
  put(at.candidate, 'w', '')
end

local function setStep(at, id, code, text)
  if code == '' then return takeStep(at, id) end
  local before = redis.call('HGET', at.candidate, 'g')
  if before ~= code then
    redis.call('HSET', at.candidate, 'g', code)
    if before then redis.call('ZREM', at.steps, before .. id) end
    redis.call('ZADD', at.steps, 0, code .. id)
  end
  put(at.candidate, 'w', text)
end

local function runs(at, attempt)
  local found = redis.call('HMGET', at.candidate, 's', 'a', 'r')
  return found[1] == 'r' and found[2] == attempt and found[3] == attempt
end

local function readView()
  local attempt = nextArg()
  if attempt == '' then return nil end
  return {attempt = attempt, sequence = nextArg(), phase = nextArg(), code = nextArg(), step = nextArg(), text = nextArg()}
end

local function showView(at, id, view)
  if not view or not runs(at, view.attempt) then return end
  local found = redis.call('HMGET', at.candidate, 'n', 'p')
  if found[1] and tonumber(found[1]) >= tonumber(view.sequence) then return end
  local phase = view.phase
  if found[2] == 'c' and phase == 'r' then phase = 'c' end
  redis.call('HSET', at.candidate, 'n', view.sequence, 'p', phase, 'd', 'd')
  setStep(at, id, view.code, view.step)
  redis.call('SET', at.view, view.text)
end
`;

/** The keys that {@link VIEWS} works with, in order. */
export function viewKeys(keys: MigrationKeys, id: string): readonly string[] {
  return [keys.candidate(id), keys.view(id), keys.steps];
}

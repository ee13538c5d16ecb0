import { TOKEN_WIDTH } from "../codec/token.ts";

/**
 * Lua functions for the one compare-and-set of statuses. `t` holds the tokens of the last four changes: one whose reply was
 * lost is known again, also when others came in between.
 */
export const CHANGE = `
local TOKENS = ${4 * TOKEN_WIDTH}

local function readChange()
  local token, from, fromAttempt, to, toAttempt, time, expected, inputs, claim, digest, plan, history, cancelled =
    unpack(ARGV, position + 1, position + 13)
  position = position + 13
  return {
    token = token, from = from, fromAttempt = fromAttempt, expected = expected, to = to, toAttempt = toAttempt,
    time = time, inputs = inputs, claim = claim, digest = digest, plan = plan, history = history,
    cancelled = cancelled, view = readView(),
  }
end

local function beginRun(at, id, change)
  takeStep(at, id)
  redis.call('HSET', at.candidate, 'r', change.toAttempt, 'p', 'r', 'd', 'p', 'b', change.time)
  redis.call('HDEL', at.candidate, 'n')
  redis.call('SET', at.manifest, change.claim)
  redis.call('DEL', at.view)
  if change.digest ~= '' then redis.call('HSETNX', at.plans, change.digest, change.plan) end
end

local function move(at, id, change, tokens)
  redis.call('HSET', at.candidate, 's', change.to, 'a', change.toAttempt, 'u', change.time,
    't', string.sub(change.token .. (tokens or ''), 1, TOKENS))
  if change.to ~= change.from then
    redis.call('ZREM', at.from, id)
    redis.call('ZADD', at.to, 0, id)
  end
  if change.inputs ~= '-' then put(at.candidate, 'i', change.inputs) end
  if change.claim ~= '' then beginRun(at, id, change)
  elseif change.to ~= 'r' and redis.call('HEXISTS', at.candidate, 'r') == 1 then
    redis.call('HSET', at.candidate, 'p', 'f')
    takeStep(at, id)
  end
end

local function applyChange(at, id, change)
  local found = redis.call('HMGET', at.candidate, 's', 'a', 't')
  if not found[1] then return false end
  if found[3] and string.find(found[3], change.token, 1, true) then return true end
  if found[1] ~= change.from or found[2] ~= change.fromAttempt then return false end
  if change.expected ~= '-' and get(at.candidate, 'i') ~= change.expected then return false end
  showView(at, id, change.view)
  move(at, id, change, found[3])
  if change.cancelled ~= '' then redis.call('XADD', at.cancelled, '*', 'e', change.cancelled) end
  redis.call('XADD', at.history, '*', 'e', change.history)
  return true
end

local function changeKeys(first)
  return {
    candidate = KEYS[first], view = KEYS[first + 1], steps = KEYS[first + 2], manifest = KEYS[first + 3],
    from = KEYS[first + 4], to = KEYS[first + 5], history = KEYS[first + 6], cancelled = KEYS[first + 7], plans = KEYS[first + 8],
  }
end
`;

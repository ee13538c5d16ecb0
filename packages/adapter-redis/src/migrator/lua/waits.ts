/**
 * Lua functions of waits and settlements.
 * `waits`: id of the call → key and wait · `byKey`: key and id of what stands open · `checks`: ids by when to ask next ·
 * `closed`: keys by when a wait on them was closed · `kept`, `keptAt`: settlements by key, and keys by when they came.
 */
export const WAITS = `
local function openWait(id, key, body, checkAt)
  redis.call('HSET', at.waits, id, packed(key, body))
  redis.call('ZADD', at.byKey, 0, packed(key, id))
  if checkAt ~= '' then redis.call('ZADD', at.checks, checkAt, id) end
end

local function closeWait(id, time)
  local text = redis.call('HGET', at.waits, id)
  if not text then return false end
  local key = unpacked(text)
  redis.call('HDEL', at.waits, id)
  redis.call('ZREM', at.checks, id)
  redis.call('ZREM', at.byKey, packed(key, id))
  redis.call('ZADD', at.closed, time, key)
  return true
end
`;

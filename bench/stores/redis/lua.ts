/** Compare-and-set by hand, with all that goes with it. An argument that is empty is not there. */
export const CHANGE = `
local found = redis.call('HMGET', KEYS[1], 'status', 'attempt', 'token')
if found[3] == ARGV[4] then return 1 end
if found[1] ~= ARGV[2] or found[2] ~= ARGV[3] then return 0 end
redis.call('HSET', KEYS[1], 'status', ARGV[5], 'attempt', ARGV[6], 'token', ARGV[4], 'at', ARGV[7], 'inputs', ARGV[8])
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('ZADD', KEYS[3], 0, ARGV[1])
if ARGV[10] ~= '' then
  redis.call('HSET', KEYS[1], 'phase', 'running', 'delivery', 'pending', 'claimed', ARGV[7])
  redis.call('SET', KEYS[5], ARGV[10])
end
if ARGV[11] ~= '' then
  redis.call('HSET', KEYS[1], 'phase', 'finished', 'delivery', 'delivered')
  redis.call('SET', KEYS[6], ARGV[11])
end
redis.call('XADD', KEYS[4], '*', 'e', ARGV[9])
return 1`;

/** The hash and the two sorted sets of its statuses. */
export const CHANGE_BARE = `
if redis.call('HGET', KEYS[1], 'status') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], 'status', ARGV[3])
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('ZADD', KEYS[3], 0, ARGV[1])
return 1`;

/** New ones come, \`not_started\` ones take what differs, all are marked as listed. */
export const MERGE = `
local added = 0
for n = 4, #KEYS do
  local at = 3 + 3 * (n - 4)
  local id, kind, data = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  local found = redis.call('HMGET', KEYS[n], 'status', 'kind', 'data')
  if not found[1] then
    redis.call('HSET', KEYS[n], 'status', 'not_started', 'attempt', '0', 'kind', kind, 'data', data, 'at', ARGV[1],
      'listed', ARGV[2])
    redis.call('ZADD', KEYS[1], 0, id)
    redis.call('ZADD', KEYS[2], 0, id)
    redis.call('ZADD', KEYS[3], 0, kind .. ':' .. id)
    added = added + 1
  else
    redis.call('HSET', KEYS[n], 'listed', ARGV[2])
    if found[1] == 'not_started' and (found[2] ~= kind or found[3] ~= data) then
      redis.call('HSET', KEYS[n], 'kind', kind, 'data', data, 'at', ARGV[1])
      if found[2] ~= kind then
        redis.call('ZREM', KEYS[3], found[2] .. ':' .. id)
        redis.call('ZADD', KEYS[3], 0, kind .. ':' .. id)
      end
    end
  end
end
return added`;

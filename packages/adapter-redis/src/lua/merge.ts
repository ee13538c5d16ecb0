/**
 * Lua functions of discovery. Fields of a candidate's hash: `s` status and attempt, `u` updatedAt, `l` the submission that
 * listed it last, `k` kind, `c…` its data, `t` tokens, `i…` inputs.
 */
export const MERGE = `
local function kindMember(kind, id)
  return #kind .. ':' .. kind .. id
end

local function setKind(at, key, id, before, kind)
  if before == kind then return end
  if before then redis.call('ZREM', at.kinds, kindMember(before, id)) end
  if kind then
    redis.call('HSET', key, 'k', kind)
    redis.call('ZADD', at.kinds, 0, kindMember(kind, id))
  else
    redis.call('HDEL', key, 'k')
  end
end

local function addCandidate(at, key, id, kind, data, submission, time)
  local attempt = '0'
  if at.anyRemoved then
    attempt = redis.call('HGET', at.removed, id) or '0'
    redis.call('HDEL', at.removed, id)
  end
  if data ~= '' and #data <= WIDTH then
    redis.call('HSET', key, 's', 'n' .. attempt, 'u', time, 'l', submission, 'c0', data)
  else
    redis.call('HSET', key, 's', 'n' .. attempt, 'u', time, 'l', submission)
    put(key, 'c', data)
  end
  at.added[#at.added + 1] = 0
  at.added[#at.added + 1] = id
  if kind then
    redis.call('HSET', key, 'k', kind)
    at.addedKinds[#at.addedKinds + 1] = 0
    at.addedKinds[#at.addedKinds + 1] = kindMember(kind, id)
  end
end

-- one command for all of a chunk
local function listAdded(at)
  if #at.added > 0 then redis.call('ZADD', at.notStarted, unpack(at.added)) end
  if #at.addedKinds > 0 then redis.call('ZADD', at.kinds, unpack(at.addedKinds)) end
end

local function mergeCandidate(at, key, id, kind, data, submission, time)
  local found = redis.call('HMGET', key, 's', 'l', 'k', 'c0', 'c1')
  if not found[1] then
    addCandidate(at, key, id, kind, data, submission, time)
    return 'added'
  end
  if tonumber(found[2]) < tonumber(submission) then redis.call('HSET', key, 'l', submission) end
  if string.sub(found[1], 1, 1) ~= 'n' then return 'preserved' end
  local before = found[4] or ''
  if found[5] then before = get(key, 'c') end
  if found[3] == kind and before == data then return 'unchanged' end
  put(key, 'c', data)
  setKind(at, key, id, found[3], kind)
  redis.call('HSET', key, 'u', time)
  return 'updated'
end

local function removeCandidate(at, candidate, manifest, view, id, attempt, kind)
  redis.call('DEL', candidate, manifest, view)
  redis.call('ZREM', at.notStarted, id)
  if kind then redis.call('ZREM', at.kinds, kindMember(kind, id)) end
  if attempt ~= '0' then redis.call('HSET', at.removed, id, attempt) end
end
`;

/**
 * Lua functions of discovery. Fields of a candidate's hash: `s` status, `a` attempt, `u` updatedAt, `l` the submission that
 * listed it last, `k` kind, `c…` its data, `t` tokens, `i…` inputs.
 */
export const MERGE = `
local function kindMember(kind, id)
  return #kind .. ':' .. kind .. id
end

local function holds(key, name, text)
  local fields, count = pieces(name, text)
  local names = {}
  for n = 0, count do names[n + 1] = name .. n end
  local found = redis.call('HMGET', key, unpack(names))
  for n = 1, count do
    if found[n] ~= fields[2 * n] then return false end
  end
  return not found[count + 1]
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
  local fields = pieces('c', data)
  for _, each in ipairs({'s', 'n', 'a', attempt, 'u', time, 'l', submission}) do fields[#fields + 1] = each end
  redis.call('HSET', key, unpack(fields))
  redis.call('ZADD', at.notStarted, 0, id)
  setKind(at, key, id, false, kind)
end

local function mergeCandidate(at, key, id, kind, data, submission, time)
  local found = redis.call('HMGET', key, 's', 'l', 'k')
  if not found[1] then
    addCandidate(at, key, id, kind, data, submission, time)
    return 'added'
  end
  if tonumber(found[2]) < tonumber(submission) then redis.call('HSET', key, 'l', submission) end
  if found[1] ~= 'n' then return 'preserved' end
  if found[3] == kind and holds(key, 'c', data) then return 'unchanged' end
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

/**
 * Lua functions of the inbox.
 * `calls`: id → run and name of every call that is known · `latest`: run → id of its last one · `over`: ids by when they were
 * over · `entries`: id → what is to be worked off · `todo`: those by the moment from which they can be leased, which is when
 * they are due or when the lease of their run ends · `lanes`: run → which call of it is leased to whom.
 */
export const CALLS = `
local function padded(number)
  return string.format('%016d', number)
end

local function packed(first, rest)
  return #first .. ':' .. first .. rest
end

local function unpacked(text)
  local size, from = string.match(text, '^(%d+):()')
  return string.sub(text, from, from + size - 1), string.sub(text, from + size)
end

local function later(one, other)
  return tonumber(other) > tonumber(one) and other or one
end

local function callOf(id)
  local text = redis.call('HGET', at.calls, id)
  if not text then return nil end
  return unpacked(text)
end

local function laneOf(run)
  local text = redis.call('HGET', at.lanes, run)
  if not text then return nil end
  local leased, owner, id = string.match(text, '^([^|]*)|([^|]*)|(.*)$')
  return {leased = leased, owner = owner, id = id}
end

local function readEntry(id)
  local text = redis.call('HGET', at.entries, id)
  if not text then return nil end
  local sequence, dueAt, tries, body = string.match(text, '^(%d+)|([^|]*)|([^|]*)|(.*)$')
  return {sequence = sequence, dueAt = dueAt, tries = tries, body = body}
end

local function writeEntry(id, run, entry)
  redis.call('HSET', at.entries, id, table.concat({entry.sequence, entry.dueAt, entry.tries, entry.body}, '|'))
  local lane = laneOf(run)
  redis.call('ZADD', at.todo, lane and later(entry.dueAt, lane.leased) or entry.dueAt, entry.sequence .. id)
end

local function endCall(id, time)
  local entry = readEntry(id)
  if not entry then return end
  redis.call('HDEL', at.entries, id)
  redis.call('ZREM', at.todo, entry.sequence .. id)
  redis.call('ZADD', at.over, time, id)
end

local function holds(run, id, owner)
  local lane = laneOf(run)
  return lane and lane.id == id and lane.owner == owner
end

local function takeLane(run, id, owner, leased)
  redis.call('HSET', at.lanes, run, table.concat({leased, owner, id}, '|'))
end

local function placeLatest(run)
  local latest = redis.call('HGET', at.latest, run)
  local entry = latest and readEntry(latest)
  if entry then writeEntry(latest, run, entry) end
end

local function endLane(run, id, owner)
  if not holds(run, id, owner) then return false end
  redis.call('HDEL', at.lanes, run)
  placeLatest(run)
  return true
end
`;

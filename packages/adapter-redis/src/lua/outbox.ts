/**
 * Lua functions of the outbox, whose keys are named `due` and `outbox`. An entry is one text, `dueAt|tries|until|owner|body`:
 * until when which owner has it leased, and what never changes. Its score is the moment from which it can be leased.
 */
export const OUTBOX = `
local function readEntry(id)
  local text = redis.call('HGET', outbox, id)
  if not text then return nil end
  local dueAt, tries, leased, owner, body = string.match(text, '^([^|]*)|([^|]*)|([^|]*)|([^|]*)|(.*)$')
  return {dueAt = dueAt, tries = tries, leased = leased, owner = owner, body = body}
end

local function writeEntry(id, entry)
  redis.call('HSET', outbox, id, table.concat({entry.dueAt, entry.tries, entry.leased, entry.owner, entry.body}, '|'))
  local score = entry.dueAt
  if entry.leased ~= '' and tonumber(entry.leased) > tonumber(score) then score = entry.leased end
  redis.call('ZADD', due, score, id)
end
`;

/** Lua functions for what a commit does to the entries of its `run`, which has a field `e:…` for each. */
export const ENTRIES = `${OUTBOX}
local function removeEntry(id)
  redis.call('HDEL', outbox, id)
  redis.call('ZREM', due, id)
  redis.call('HDEL', run, 'e:' .. id)
end

local function reviseEntry(id, change)
  local entry = readEntry(id)
  if not entry then return end
  for name, value in pairs(change) do entry[name] = value end
  writeEntry(id, entry)
end

local function addEntry(id, dueAt, tries, body)
  if redis.call('HSETNX', outbox, id, table.concat({dueAt, tries, '', '', body}, '|')) == 0 then return end
  redis.call('HSET', run, 'e:' .. id, '')
  redis.call('ZADD', due, dueAt, id)
end
`;

/**
 * Lua functions of the outbox. An entry is one text, `dueAt|tries|until|owner|body`: until when which owner has it leased, and
 * what never changes. Its score is the moment from which it can be leased.
 */
export const OUTBOX = `
local function readEntry(outbox, id)
  local text = redis.call('HGET', outbox, id)
  if not text then return nil end
  local dueAt, tries, leased, owner, body = string.match(text, '^([^|]*)|([^|]*)|([^|]*)|([^|]*)|(.*)$')
  return {dueAt = dueAt, tries = tries, leased = leased, owner = owner, body = body}
end

local function writeEntry(due, outbox, id, entry)
  redis.call('HSET', outbox, id, table.concat({entry.dueAt, entry.tries, entry.leased, entry.owner, entry.body}, '|'))
  local score = entry.dueAt
  if entry.leased ~= '' and tonumber(entry.leased) > tonumber(score) then score = entry.leased end
  redis.call('ZADD', due, score, id)
end
`;

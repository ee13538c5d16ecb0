/**
 * Lua functions of the outbox.
 * `events`: id → stream and event · `queue`: stream, sequence and id of each, so that the events of a stream stand in order ·
 * `streams`: stream → when it is due, its tries, and which event of it is leased to whom · `due`: streams by the moment from
 * which they can be leased · `sequence`: counts.
 */
export const EVENTS = `
local function nextSequence()
  return padded(redis.call('INCR', at.sequence))
end

local function readStream(name)
  local text = redis.call('HGET', at.streams, name)
  if not text then return nil end
  local sequence, dueAt, tries, leased, owner, id = string.match(text, '^(%d+)|([^|]*)|([^|]*)|([^|]*)|([^|]*)|(.*)$')
  return {sequence = sequence, dueAt = dueAt, tries = tries, leased = leased, owner = owner, id = id}
end

local function writeStream(name, stream)
  local fields = {stream.sequence, stream.dueAt, stream.tries, stream.leased, stream.owner, stream.id}
  redis.call('HSET', at.streams, name, table.concat(fields, '|'))
  redis.call('ZADD', at.due, later(stream.dueAt, stream.leased), stream.sequence .. name)
end

local function free(stream)
  stream.leased, stream.owner, stream.id = '0', '', ''
end

local function headOf(name)
  local prefix = packed(name, '')
  local first = redis.call('ZRANGEBYLEX', at.queue, '[' .. prefix, '(' .. prefix .. '\\255', 'LIMIT', 0, 1)[1]
  return first and string.sub(first, #prefix + 17)
end

local function eventOf(id)
  local text = redis.call('HGET', at.events, id)
  if not text then return nil end
  local sequence, rest = string.sub(text, 1, 16), string.sub(text, 17)
  local name, body = unpacked(rest)
  return {name = name, body = body, member = packed(name, sequence .. id)}
end

local function appendEvent(id, name, body)
  if redis.call('HEXISTS', at.events, id) == 1 then return end
  local sequence = nextSequence()
  redis.call('HSET', at.events, id, sequence .. packed(name, body))
  redis.call('ZADD', at.queue, 0, packed(name, sequence .. id))
  if readStream(name) then return end
  local stream = {sequence = sequence, dueAt = '0', tries = '0'}
  free(stream)
  writeStream(name, stream)
end

local function removeEvent(id)
  local event = eventOf(id)
  if not event then return end
  local stream = readStream(event.name)
  if headOf(event.name) == id then free(stream) end
  redis.call('HDEL', at.events, id)
  redis.call('ZREM', at.queue, event.member)
  if headOf(event.name) then
    stream.dueAt, stream.tries = '0', '0'
    writeStream(event.name, stream)
  else
    redis.call('HDEL', at.streams, event.name)
    redis.call('ZREM', at.due, stream.sequence .. event.name)
  end
end
`;

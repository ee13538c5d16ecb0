/** Most bytes of a field of a hash that stays one compact block (`hash-max-listpack-value`). */
export const PIECE = 64;

/**
 * Lua functions for texts in the hash of a candidate. A hash stays one compact block while each field has at most 64 bytes
 * (`hash-max-listpack-value`), so a text is cut into numbered fields; one that would be very many is kept whole.
 */
export const TEXTS = `
local WIDTH, MOST = ${PIECE}, 48

local function pieces(name, text)
  if #text > WIDTH * MOST then return {name .. '0', text}, 1 end
  local fields, count = {}, 0
  for at = 1, #text, WIDTH do
    fields[#fields + 1] = name .. count
    fields[#fields + 1] = string.sub(text, at, at + WIDTH - 1)
    count = count + 1
  end
  return fields, count
end

local function put(key, name, text)
  local fields, count = pieces(name, text)
  -- pieces that are all new replace none
  if count > 0 and redis.call('HSET', key, unpack(fields)) == count then return end
  while redis.call('HDEL', key, name .. count, name .. count + 1, name .. count + 2) == 3 do count = count + 3 end
end

local function get(key, name)
  local found, count = {}, 0
  while true do
    local some = redis.call('HMGET', key, name .. count, name .. count + 1, name .. count + 2)
    for n = 1, 3 do
      if not some[n] then return table.concat(found) end
      found[count + n] = some[n]
    end
    count = count + 3
  end
end
`;

/**
 * Lua functions for texts in the hash of a candidate. A hash stays one compact block while each field has at most 64 bytes
 * (`hash-max-listpack-value`), so a text is cut into numbered fields; one that would be very many is kept whole.
 */
export const TEXTS = `
local WIDTH, MOST = 64, 48

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
  if count > 0 then redis.call('HSET', key, unpack(fields)) end
  while redis.call('HDEL', key, name .. count) == 1 do count = count + 1 end
end

local function get(key, name)
  local found, count = {}, 0
  while true do
    local piece = redis.call('HGET', key, name .. count)
    if not piece then return table.concat(found) end
    found[#found + 1] = piece
    count = count + 1
  end
end
`;

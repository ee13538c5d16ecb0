import { CALL_TOKEN_WIDTH } from "../codec/token.ts";
import { ANSWER_SECONDS, ARGS } from "./args.ts";
import { CHANGE } from "./change.ts";
import { OUTBOX } from "./outbox.ts";
import { TEXTS } from "./texts.ts";
import { VIEWS } from "./views.ts";

/**
 * Commits a step of a stored run. Its hash holds `version`, `state`, `tokens` of the last eight commits (one whose reply was
 * lost is known again), and a field `e:…` for each of its entries in the outbox.
 *
 * @returns 1 when it was committed, 0 when another was faster
 */
export const COMMIT = `${ARGS}${TEXTS}${VIEWS}${CHANGE}${OUTBOX}
local run, due, outbox, answer = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local TOKENS = ${8 * CALL_TOKEN_WIDTH}

local function removeEntry(id)
  redis.call('HDEL', outbox, id)
  redis.call('ZREM', due, id)
  redis.call('HDEL', run, 'e:' .. id)
end

local function revise(id, change)
  local entry = readEntry(outbox, id)
  if not entry then return end
  for name, value in pairs(change) do entry[name] = value end
  writeEntry(due, outbox, id, entry)
end

local function addEntry(id, dueAt, tries, body)
  if redis.call('HEXISTS', outbox, id) == 1 then return end
  redis.call('HSET', run, 'e:' .. id, '')
  writeEntry(due, outbox, id, {dueAt = dueAt, tries = tries, leased = '', owner = '', body = body})
end

local function advance(version, tokens, state)
  redis.call('HSET', run, 'version', version, 'tokens', tokens, 'state', state)
  for _ = 1, tonumber(nextArg()) do removeEntry(nextArg()) end
  for _ = 1, tonumber(nextArg()) do
    revise(nextArg(), {dueAt = nextArg(), tries = nextArg(), leased = '', owner = ''})
  end
  for _ = 1, tonumber(nextArg()) do revise(nextArg(), {dueAt = '0'}) end
  for _ = 1, tonumber(nextArg()) do addEntry(nextArg(), nextArg(), nextArg(), nextArg()) end
end

local function finish(id)
  redis.call('SET', answer, '1', 'EX', ${ANSWER_SECONDS})
  applyChange(changeKeys(5), id, readChange())
  for _, field in ipairs(redis.call('HKEYS', run)) do
    if string.sub(field, 1, 2) == 'e:' then removeEntry(string.sub(field, 3)) end
  end
  redis.call('DEL', run)
end

local id, token, attempt, expected = nextArg(), nextArg(), nextArg(), nextArg()
local found = redis.call('HMGET', run, 'version', 'tokens')
local tokens = found[2] or ''
if string.find(tokens, token, 1, true) or redis.call('EXISTS', answer) == 1 then return 1 end
if (found[1] or '0') ~= expected then return 0 end
if expected == '0' then
  local candidate = redis.call('HMGET', KEYS[5], 's', 'a')
  if candidate[1] ~= 'r' or candidate[2] ~= attempt then return 0 end
end
local view = readView()
showView({candidate = KEYS[5], view = KEYS[6], steps = KEYS[7]}, id, view)
local outcome = nextArg()
if outcome == 'finish' then
  finish(id)
else
  advance(tonumber(expected) + 1, string.sub(token .. tokens, 1, TOKENS), outcome)
end
return 1`;

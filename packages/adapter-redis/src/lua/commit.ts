import { CALL_TOKEN_WIDTH, TOKEN_WIDTH } from "../codec/token.ts";
import { ARGS } from "./args.ts";
import { applyChange } from "./change.ts";
import { TOKENS_KEPT } from "./move.ts";
import { ENTRIES } from "./outbox.ts";
import { SHOW_VIEW } from "./views.ts";

/*
 * Steps of a stored run. Its hash holds `version`, `state`, `tokens` of the last eight commits (one whose reply was lost is
 * known again), and a field `e:…` for each of its entries in the outbox. When it goes, its candidate keeps the last token.
 */

const COMMITS_KEPT = 8 * CALL_TOKEN_WIDTH;

/** Lua that returns unless the run stands at the expected version. */
const COMPARE = `
local run, due, outbox, candidate = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local id, commit, attempt, expected = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local known = redis.call('HMGET', run, 'version', 'tokens')
local commits, last = known[2] or '', string.sub(commit, 1, ${TOKEN_WIDTH})
if string.find(commits, commit, 1, true) then return 1 end
if not known[1] then
  local found = redis.call('HMGET', candidate, 's', 't')
  if string.find(found[2] or '', last, 1, true) then return 1 end
  if expected ~= '0' or found[1] ~= 'r' .. attempt then return 0 end
elseif known[1] ~= expected then
  return 0
end
`;

/** The step to the next version. @returns 1 when it was committed, 0 when another was faster */
export const ADVANCE = `${ARGS}${COMPARE}
position = 4
local state, view, steps = nextArg(), KEYS[5], KEYS[6]
redis.call('HSET', run, 'version', tonumber(expected) + 1, 'tokens', string.sub(commit .. commits, 1, ${COMMITS_KEPT}),
  'state', state)
${SHOW_VIEW}${ENTRIES}
for _ = 1, tonumber(nextArg()) do removeEntry(nextArg()) end
for _ = 1, tonumber(nextArg()) do
  reviseEntry(nextArg(), {dueAt = nextArg(), tries = nextArg(), leased = '', owner = ''})
end
for _ = 1, tonumber(nextArg()) do reviseEntry(nextArg(), {dueAt = '0'}) end
for _ = 1, tonumber(nextArg()) do addEntry(nextArg(), nextArg(), nextArg(), nextArg()) end
return 1`;

/** The last step, which ends the run, whether its change still applies or not. @returns the same */
export const FINISH = `${ARGS}${COMPARE}${applyChange(4, 5)}
local kept = redis.call('HGET', candidate, 't')
if kept then redis.call('HSET', candidate, 't', string.sub(last .. kept, 1, ${TOKENS_KEPT})) end
${ENTRIES}
for _, field in ipairs(redis.call('HKEYS', run)) do
  if string.sub(field, 1, 2) == 'e:' then removeEntry(string.sub(field, 3)) end
end
redis.call('DEL', run)
return 1`;

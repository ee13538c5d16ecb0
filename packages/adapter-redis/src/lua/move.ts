import { TOKEN_WIDTH } from "../codec/token.ts";
import { PIECE, TEXTS } from "./texts.ts";

/*
 * The one compare-and-set of positions. These are statements and not functions, because making closures and tables took a
 * third of the time of a script. In the hash of a candidate `s` is status and attempt, `u` when it took them, `t` the tokens of
 * the last four changes: one whose reply was lost is known again, also when others came in between.
 */

/** How many characters of tokens a candidate keeps. */
export const TOKENS_KEPT = 4 * TOKEN_WIDTH;

/** How many arguments {@link readMove} reads, and how many keys. */
export const MOVE_ARGS = 8;
export const MOVE_KEYS = 4;

/** Lua that names what a change is given. @param key the first of its keys @param arg the first of its arguments */
export function readMove(key: number, arg: number): string {
  return `
local candidate, fromIndex, toIndex, history = unpack(KEYS, ${key}, ${key + MOVE_KEYS - 1})
local id, token, from, to, time, line, inputs, expected = unpack(ARGV, ${arg}, ${arg + MOVE_ARGS - 1})
`;
}

/**
 * Lua that finds out whether the change was made already (`isDone`) and whether it can be made (`isReady`).
 *
 * @param more names of fields to find besides, each with its quotes, after a comma
 */
export function compare(more = ""): string {
  return `
local found = redis.call('HMGET', candidate, 's', 't', 'i1'${more})
local tokens = found[2] or ''
local isDone = string.find(tokens, token, 1, true)
local isReady = not isDone and found[1] == from
if isReady and expected ~= '-' then ${TEXTS} isReady = get(candidate, 'i') == expected end
local hasShortInputs = inputs ~= '-' and inputs ~= '' and #inputs <= ${PIECE} and not found[3]
`;
}

/** Lua for the tokens after the change. */
export const NEXT_TOKENS = `string.sub(token .. tokens, 1, ${TOKENS_KEPT})`;

/** Lua that writes inputs which are not one piece in place of one at most. */
export const PUT_INPUTS = `
if inputs == '' and not found[3] then
  redis.call('HDEL', candidate, 'i0')
elseif inputs ~= '-' and not hasShortInputs then
  ${TEXTS} put(candidate, 'i', inputs)
end
`;

/** Lua that moves a candidate from list to list. */
export const MOVE_IN_LISTS = `
if toIndex ~= fromIndex then
  redis.call('ZREM', fromIndex, id)
  redis.call('ZADD', toIndex, 0, id)
end
redis.call('RPUSH', history, line)
`;

/** Lua that makes a change without its run. */
export const MOVE = `
if hasShortInputs then
  redis.call('HSET', candidate, 's', to, 'u', time, 't', ${NEXT_TOKENS}, 'i0', inputs)
else
  redis.call('HSET', candidate, 's', to, 'u', time, 't', ${NEXT_TOKENS})
end
${PUT_INPUTS}${MOVE_IN_LISTS}
`;

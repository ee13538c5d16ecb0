/** Lua functions that read `ARGV` one after another. */
export const ARGS = `
local position = 0
local function nextArg()
  position = position + 1
  return ARGV[position]
end
`;

/** How long an answer is kept for an operation that is repeated because its reply was lost, in seconds. */
export const ANSWER_SECONDS = 600;

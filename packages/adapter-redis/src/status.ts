import type { MigrationStore } from "@loom/core";
import { type Commands, scriptOf } from "./client/client.ts";
import type { Keys } from "./client/keys.ts";
import { changeKeys, packChange, packExpected } from "./codec/change.ts";
import { STATUS_CODES } from "./codec/codes.ts";
import { hashOf, packInputs, unpackRecord } from "./codec/record.ts";
import { newToken } from "./codec/token.ts";
import { ANSWER_SECONDS, ARGS } from "./lua/args.ts";
import { CHANGE } from "./lua/change.ts";
import { TEXTS } from "./lua/texts.ts";
import { VIEWS } from "./lua/views.ts";

/** @returns 1, or what stands there instead as a flat hash */
const CHANGE_STATUS = scriptOf(
  "changeStatus",
  `${ARGS}${TEXTS}${VIEWS}${CHANGE}
  local at = changeKeys(1)
  local id = nextArg()
  if applyChange(at, id, readChange()) then return 1 end
  return redis.call('HGETALL', at.candidate)`,
);

const SAVE_INPUTS = scriptOf(
  "saveInputs",
  `${TEXTS}
  if redis.call('EXISTS', KEYS[2]) == 1 then return 1 end
  local found = redis.call('HMGET', KEYS[1], 's', 'a')
  if found[1] ~= ARGV[1] or found[2] ~= ARGV[2] then return 0 end
  if ARGV[4] ~= '-' and get(KEYS[1], 'i') ~= ARGV[4] then return 0 end
  redis.call('SET', KEYS[2], '1', 'EX', ${ANSWER_SECONDS})
  put(KEYS[1], 'i', ARGV[3])
  return 1`,
);

type Methods = Pick<MigrationStore, "changeStatus" | "saveInputs">;

export function createStatus(commands: Commands, keys: Keys): Methods {
  return {
    async changeStatus(change) {
      const { migrationId, candidateId } = change;
      const where = changeKeys(keys.of(migrationId), change);
      const answer = await commands.run(CHANGE_STATUS, where, [candidateId, ...packChange(change)]);
      if (!Array.isArray(answer)) return { applied: true };
      return { applied: false, found: unpackRecord(candidateId, hashOf(answer)) };
    },
    async saveInputs({ migrationId, candidateId }, expected, inputs) {
      const { status, attempt } = expected;
      const of = keys.of(migrationId);
      const where = [of.candidate(candidateId), of.answer(newToken())];
      const args = [STATUS_CODES[status], attempt, packInputs(inputs), packExpected(expected)];
      return Number(await commands.run(SAVE_INPUTS, where, args)) === 1;
    },
  };
}

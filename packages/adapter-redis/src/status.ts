import type { MigrationStore } from "@loom/core";
import { type Commands, scriptOf } from "./client/client.ts";
import type { Keys } from "./client/keys.ts";
import {
  changeKeys,
  isMove,
  moveKeys,
  packChange,
  packExpected,
  packMove,
} from "./codec/change.ts";
import { packPosition } from "./codec/position.ts";
import { hashOf, packInputs, unpackRecord } from "./codec/record.ts";
import { newToken } from "./codec/token.ts";
import { ANSWER_SECONDS, ARGS } from "./lua/args.ts";
import { applyChange } from "./lua/change.ts";
import { compare, MOVE, readMove } from "./lua/move.ts";
import { TEXTS } from "./lua/texts.ts";

/** @returns 1, or what stands there instead as a flat hash */
const MOVE_STATUS = scriptOf(
  "moveStatus",
  `${readMove(1, 1)}${compare()}
  if isReady then
    ${MOVE}
    return 1
  end
  return isDone and 1 or redis.call('HGETALL', candidate)`,
);

/** @returns the same */
const CHANGE_STATUS = scriptOf(
  "changeStatus",
  `${ARGS}${applyChange(1, 1)}
  return (isReady or isDone) and 1 or redis.call('HGETALL', candidate)`,
);

const SAVE_INPUTS = scriptOf(
  "saveInputs",
  `${TEXTS}
  if redis.call('EXISTS', KEYS[2]) == 1 then return 1 end
  if redis.call('HGET', KEYS[1], 's') ~= ARGV[1] then return 0 end
  if ARGV[3] ~= '-' and get(KEYS[1], 'i') ~= ARGV[3] then return 0 end
  redis.call('SET', KEYS[2], '1', 'EX', ${ANSWER_SECONDS})
  put(KEYS[1], 'i', ARGV[2])
  return 1`,
);

type Methods = Pick<MigrationStore, "changeStatus" | "saveInputs">;

export function createStatus(commands: Commands, keys: Keys): Methods {
  return {
    async changeStatus(change) {
      const { migrationId, candidateId } = change;
      const of = keys.of(migrationId);
      const answer = isMove(change)
        ? await commands.run(MOVE_STATUS, moveKeys(of, change), packMove(change))
        : await commands.run(CHANGE_STATUS, changeKeys(of, change), packChange(change));
      if (!Array.isArray(answer)) return { applied: true };
      return { applied: false, found: unpackRecord(candidateId, hashOf(answer)) };
    },
    async saveInputs({ migrationId, candidateId }, expected, inputs) {
      const of = keys.of(migrationId);
      const where = [of.candidate(candidateId), of.answer(newToken())];
      const args = [packPosition(expected), packInputs(inputs), packExpected(expected)];
      return Number(await commands.run(SAVE_INPUTS, where, args)) === 1;
    },
  };
}

import type { RunViewStore } from "@loom/core";
import { type Commands, scriptOf } from "../client/client.ts";
import type { Keys } from "../client/keys.ts";
import { packView } from "../codec/view.ts";
import { ARGS } from "../lua/args.ts";
import { SHOW_VIEW, viewKeys } from "../lua/views.ts";
import type { Registry } from "../registry.ts";
import { readRuns } from "./read-runs.ts";
import { listRunning } from "./list-running.ts";

const SAVE_PROGRESS = scriptOf(
  "saveProgress",
  `${ARGS}
  local candidate, view, steps, id = KEYS[1], KEYS[2], KEYS[3], nextArg()
  ${SHOW_VIEW}
  return 1`,
);

const RUNS = `
local function runs(candidate, attempt)
  local found = redis.call('HMGET', candidate, 's', 'r')
  return found[1] == 'r' .. attempt and found[2] == attempt
end
`;

const MARK_CANCELLING = scriptOf(
  "markCancelling",
  `${RUNS}
  if runs(KEYS[1], ARGV[1]) then redis.call('HSET', KEYS[1], 'p', 'c') end
  return 1`,
);

const MARK_UNDELIVERED = scriptOf(
  "markUndelivered",
  `${RUNS}
  if runs(KEYS[1], ARGV[1]) and redis.call('HGET', KEYS[1], 'd') ~= 'd' then redis.call('HSET', KEYS[1], 'd', 'u') end
  return 1`,
);

export function createRunViews(commands: Commands, keys: Keys, registry: Registry): RunViewStore {
  return {
    async getRun({ migrationId, candidateId }) {
      const [found] = await readRuns(commands, keys.of(migrationId), [candidateId]);
      return found ? found.run : null;
    },
    async saveProgress({ migrationId, candidateId }, view) {
      const where = viewKeys(keys.of(migrationId), candidateId);
      await commands.run(SAVE_PROGRESS, where, [candidateId, ...packView(view)]);
    },
    async markCancelling({ migrationId, candidateId }, attempt) {
      const where = [keys.of(migrationId).candidate(candidateId)];
      await commands.run(MARK_CANCELLING, where, [attempt]);
    },
    async markUndelivered({ migrationId, candidateId }, attempt) {
      const where = [keys.of(migrationId).candidate(candidateId)];
      await commands.run(MARK_UNDELIVERED, where, [attempt]);
    },
    listRunning: (page) => listRunning(commands, keys, registry, page),
  };
}

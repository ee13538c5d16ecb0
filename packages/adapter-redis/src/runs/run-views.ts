import type { RunViewStore } from "@loom/core";
import { type Commands, scriptOf } from "../client/client.ts";
import type { Keys } from "../client/keys.ts";
import { packView } from "../codec/view.ts";
import { ARGS } from "../lua/args.ts";
import { TEXTS } from "../lua/texts.ts";
import { VIEWS, viewKeys } from "../lua/views.ts";
import type { Registry } from "../registry.ts";
import { readRuns } from "./read-runs.ts";
import { listRunning } from "./list-running.ts";

const AT = "local at = {candidate = KEYS[1], view = KEYS[2], steps = KEYS[3]}";

const SAVE_PROGRESS = scriptOf(
  "saveProgress",
  `${ARGS}${TEXTS}${VIEWS}${AT}
  local id = nextArg()
  showView(at, id, readView())
  return 1`,
);

const MARK_CANCELLING = scriptOf(
  "markCancelling",
  `${ARGS}${TEXTS}${VIEWS}${AT}
  if runs(at, ARGV[1]) then redis.call('HSET', at.candidate, 'p', 'c') end
  return 1`,
);

const MARK_UNDELIVERED = scriptOf(
  "markUndelivered",
  `${ARGS}${TEXTS}${VIEWS}${AT}
  if runs(at, ARGV[1]) and redis.call('HGET', at.candidate, 'd') ~= 'd' then
    redis.call('HSET', at.candidate, 'd', 'u')
  end
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
      await commands.run(MARK_CANCELLING, viewKeys(keys.of(migrationId), candidateId), [attempt]);
    },
    async markUndelivered({ migrationId, candidateId }, attempt) {
      await commands.run(MARK_UNDELIVERED, viewKeys(keys.of(migrationId), candidateId), [attempt]);
    },
    listRunning: (page) => listRunning(commands, keys, registry, page),
  };
}

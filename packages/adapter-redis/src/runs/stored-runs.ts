import {
  parseRunId,
  type RunCommit,
  type StatusChange,
  type StoredRun,
  type StoredRunStore,
} from "@loom/core";
import { type Argument, type Commands, scriptOf } from "../client/client.ts";
import type { Keys } from "../client/keys.ts";
import { changeKeys, packChange } from "../codec/change.ts";
import { fromJson, toJson } from "../codec/json.ts";
import { newToken } from "../codec/token.ts";
import { packView } from "../codec/view.ts";
import { ADVANCE, FINISH } from "../lua/commit.ts";
import { viewKeys } from "../lua/views.ts";
import { packEntry } from "./entry.ts";

const LOAD = scriptOf("loadRun", `return redis.call('HMGET', KEYS[1], 'version', 'state')`);
const ADVANCE_RUN = scriptOf("advanceRun", ADVANCE);
const FINISH_RUN = scriptOf("finishRun", FINISH);

type Methods = Pick<StoredRunStore, "loadRun" | "commitRun">;

export function createStoredRuns(commands: Commands, keys: Keys): Methods {
  return {
    async loadRun(runId, attempt) {
      const ref = parseRunId(runId);
      if (!ref) return null;
      const where = keys.of(ref.migrationId).run(ref.candidateId, attempt);
      const [version, state] = (await commands.run(LOAD, [where])) as [string | null, string];
      return version === null
        ? null
        : { version: Number(version), state: fromJson(state) as StoredRun["state"] };
    },
    async commitRun(commit) {
      const ref = parseRunId(commit.runId);
      if (!ref) return false;
      const { candidateId: id, migrationId } = ref;
      const of = keys.of(migrationId);
      const where = [of.run(id, commit.attempt), of.due, of.outbox];
      const args = [id, newToken(), commit.attempt, commit.expectedVersion];
      const last = lastChangeOf(commit);
      const answer = last
        ? await commands.run(
            FINISH_RUN,
            [...where, ...changeKeys(of, last)],
            [...args, ...packChange(last)],
          )
        : await commands.run(
            ADVANCE_RUN,
            [...where, ...viewKeys(of, id)],
            [...args, ...packStep(commit)],
          );
      return Number(answer) === 1;
    },
  };
}

/** The end of a run with its last view: that of the change, which is later, or the commit's. */
function lastChangeOf({ finish, progress }: RunCommit): StatusChange | undefined {
  return finish && { ...(progress && { progress }), ...finish };
}

function packStep(commit: RunCommit): readonly Argument[] {
  const { state, progress, add, remove, postpone, hasten } = commit;
  return [
    toJson(state),
    ...packView(progress),
    ...counted(remove, (id) => [id]),
    ...counted(postpone, ({ id, dueAt, tries }) => [id, dueAt, tries]),
    ...counted(hasten, (id) => [id]),
    ...counted(add, packEntry),
  ];
}

function counted<T>(
  items: readonly T[],
  pack: (item: T) => readonly Argument[],
): readonly Argument[] {
  return [items.length, ...items.flatMap(pack)];
}

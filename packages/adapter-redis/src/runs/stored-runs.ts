import {
  parseRunId,
  type RunCommit,
  type StatusChange,
  type StoredRun,
  type StoredRunStore,
} from "@loom/core";
import { type Argument, type Commands, scriptOf } from "../client/client.ts";
import type { Keys, MigrationKeys } from "../client/keys.ts";
import { changeKeys, packChange } from "../codec/change.ts";
import { fromJson, toJson } from "../codec/json.ts";
import { newToken } from "../codec/token.ts";
import { packView } from "../codec/view.ts";
import { COMMIT } from "../lua/commit.ts";
import { viewKeys } from "../lua/views.ts";
import { packEntry } from "./entry.ts";

const LOAD = scriptOf("loadRun", `return redis.call('HMGET', KEYS[1], 'version', 'state')`);
const COMMIT_RUN = scriptOf("commitRun", COMMIT);

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
      const token = newToken();
      const where = [
        of.run(id, commit.attempt),
        of.due,
        of.outbox,
        of.answer(token),
        ...runKeys(of, id, commit.finish),
      ];
      const args = [id, token, ...packCommit(commit)];
      return Number(await commands.run(COMMIT_RUN, where, args)) === 1;
    },
  };
}

function runKeys(
  of: MigrationKeys,
  id: string,
  finish: StatusChange | undefined,
): readonly string[] {
  return finish ? changeKeys(of, finish) : viewKeys(of, id);
}

function packCommit(commit: RunCommit): readonly Argument[] {
  const { attempt, expectedVersion, state, progress, finish, add, remove, postpone, hasten } =
    commit;
  const outcome = finish
    ? ["finish", ...packChange(finish)]
    : [
        toJson(state),
        ...counted(remove, (id) => [id]),
        ...counted(postpone, ({ id, dueAt, tries }) => [id, dueAt, tries]),
        ...counted(hasten, (id) => [id]),
        ...counted(add, packEntry),
      ];
  return [attempt, expectedVersion, ...packView(progress), ...outcome];
}

function counted<T>(
  items: readonly T[],
  pack: (item: T) => readonly Argument[],
): readonly Argument[] {
  return [items.length, ...items.flatMap(pack)];
}

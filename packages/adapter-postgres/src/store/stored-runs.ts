import { randomInt } from "node:crypto";
import type { RunCommit, StoredRun, StoredRunStore } from "@loom/core";
import { LoomError, parseRunId } from "@loom/core";
import type { Session } from "../database/database.ts";
import { statement, statements } from "../database/statement.ts";
import { jsonIn, numberIn } from "../database/values.ts";
import { isCandidate, isRunOfCandidate } from "./candidate-key.ts";
import { type CommitShape, commitShapeOf, commitSql, commitValues } from "./commit.ts";
import type { StoreContext } from "./context.ts";
import { createLeases } from "./leases.ts";

/** Versions grow by a random step, so that a commit knows its own version again. */
const LARGEST_STEP = 2 ** 32;

export function createStoredRuns(context: StoreContext): StoredRunStore {
  const { database, names } = context;
  const load = statement(
    `SELECT version, state FROM ${names.states} WHERE run_id = :run AND attempt = :attempt::integer`,
  );
  return {
    async loadRun(run, attempt) {
      const [row] = await database.query(load, { run, attempt });
      return row
        ? { state: jsonIn(row, "state") as StoredRun["state"], version: numberIn(row, "version") }
        : null;
    },
    commitRun: createCommitRun(context),
    ...createLeases(context),
  };
}

function createCommitRun(context: StoreContext): StoredRunStore["commitRun"] {
  const { database, names } = context;
  const wasCommitted = createRecogniser(context);
  const sqlOf = statements((...shape: CommitShape) => commitSql(names, shape));
  const hold = statement(`
    SELECT 1 FROM ${names.candidates} c WHERE ${isCandidate(names)}
    FOR NO KEY UPDATE`);

  return async (commit) => {
    const ref = parseRunId(commit.runId);
    if (!ref) return false;
    const version = commit.expectedVersion + randomInt(1, LARGEST_STEP);
    const values = {
      ...commitValues(commit),
      version,
      migration: ref.migrationId,
      candidate: ref.candidateId,
    };
    const sql = sqlOf(...commitShapeOf(commit));
    const apply = async (session: Session, isRepeated: boolean) =>
      (await session.query(sql, values)).length > 0 ||
      (isRepeated && wasCommitted(session, commit, values));
    if (commit.expectedVersion > 0 || !commit.finish) return database.attempt(apply);
    // A run that ends as it begins leaves no row that two of its kind could meet on: the candidate is held first.
    return database.transaction(async (session, isRepeated) => {
      await session.query(hold, values);
      return { keep: true, answer: await apply(session, isRepeated) };
    });
  };
}

type Recogniser = (
  session: Session,
  commit: RunCommit,
  values: { readonly version: number; readonly migration: string; readonly candidate: string },
) => Promise<boolean>;

/**
 * Whether a commit whose reply was lost had been applied.
 *
 * @throws LoomError `store_unavailable` when others have committed since: then nobody can tell any more
 */
function createRecogniser({ names }: StoreContext): Recogniser {
  const read = statement(`
    SELECT
      (SELECT version FROM ${names.states} WHERE run_id = :run AND attempt = :attempt::integer) AS version,
      (SELECT ended FROM ${names.runs} r WHERE ${isRunOfCandidate(names)}) AS ended`);
  return async (session, { runId: run, attempt, expectedVersion, finish }, values) => {
    const [row] = await session.query(read, { ...values, run, attempt });
    const own = String(values.version);
    if ((finish ? row?.["ended"] : row?.["version"]) === own) return true;
    const isAsBefore = Number(row?.["version"] ?? 0) === expectedVersion;
    if (expectedVersion === 0 && !isAsBefore) return false;
    throw unknown();
  };
}

function unknown(): LoomError {
  return new LoomError("store_unavailable", "Postgres did not say whether the run was advanced.");
}

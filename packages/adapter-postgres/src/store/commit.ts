import type { OutboxEntry, RunCommit } from "@loom/core";
import type { Values } from "../database/statement.ts";
import type { Names } from "../schema/names.ts";
import { isCandidate, isRunOfCandidate } from "./candidate-key.ts";
import { applyChange, type ChangeShape, changeValues, shapeOf, WAS_NEWS } from "./change.ts";
import { showView, viewValues } from "./views.ts";

/** What a commit has to write: each shape is a statement of its own, with nothing in it that is not needed. */
export type CommitShape = readonly [
  kind: "begin" | "advance" | "end" | "begin and end",
  showsView: boolean,
  cancels: boolean,
  removes: boolean,
  revises: boolean,
  adds: boolean,
];

export function commitShapeOf(commit: RunCommit): CommitShape {
  const { finish, progress, remove, postpone, hasten, add } = commit;
  const isBeginning = commit.expectedVersion === 0;
  if (finish) {
    const { shows, cancels } = shapeOf(finish);
    return [isBeginning ? "begin and end" : "end", shows, cancels, false, false, false];
  }
  const revises = postpone.length + hasten.length > 0;
  const kind = isBeginning ? "begin" : "advance";
  return [kind, progress !== undefined, false, remove.length > 0, revises, add.length > 0];
}

/** Values for {@link commitSql}, but for `version`, `migration` and `candidate`. */
export function commitValues(commit: RunCommit): Values {
  const { runId, attempt, expectedVersion, state, finish, progress, remove } = commit;
  return {
    run: runId,
    attempt,
    expected: expectedVersion,
    state: JSON.stringify(state),
    remove,
    ...revisionValues(commit),
    ...additionValues(commit.add),
    ...(finish ? changeValues(finish) : progress && viewValues(progress)),
  };
}

/** Before every moment: the due time of an entry that was hastened. */
const AT_ONCE = 0;

/** What is removed is not revised; what is put off and hastened is both, in this order. */
function revisionValues({ remove, postpone, hasten }: RunCommit): Values {
  const left = (id: string) => !remove.includes(id);
  const late = new Map(postpone.filter(({ id }) => left(id)).map((entry) => [entry.id, entry]));
  const ids = [...new Set([...late.keys(), ...hasten.filter(left)])].toSorted();
  return {
    revised: ids,
    revisedDue: ids.map((id) => (hasten.includes(id) ? AT_ONCE : (late.get(id)?.dueAt ?? AT_ONCE))),
    revisedTries: ids.map((id) => late.get(id)?.tries ?? null),
    released: ids.map((id) => late.has(id)),
  };
}

function additionValues(add: readonly OutboxEntry[]): Values {
  return {
    added: add.map(({ id }) => id),
    addedCommands: add.map(({ command }) => JSON.stringify(command)),
    addedDue: add.map(({ dueAt }) => dueAt),
    addedTries: add.map(({ tries }) => tries),
  };
}

/** The statement of a commit: a row comes back if it was applied, and everything in it waits for `gate` to have one. */
export function commitSql(names: Names, shape: CommitShape): string {
  const [kind, showsView, cancels, removes, revises, adds] = shape;
  const isEnd = kind === "end" || kind === "begin and end";
  const ending: ChangeShape = { claims: false, shows: showsView, leaves: true, cancels };
  const parts = [
    gateSql(names, kind),
    isEnd && applyChange(names, ending, { after: "gate" }),
    isEnd && `ended AS (${endRunSql(names, showsView)})`,
    isEnd && `cleared AS (${clearSql(names)})`,
    !isEnd && showsView && showView(names, { after: "gate" }),
    removes && `removed AS (${removeSql(names)})`,
    revises && `revised AS (${reviseSql(names)})`,
    adds && `added AS (${addSql(names, removes)})`,
  ];
  return `WITH ${parts.filter((part) => part !== false).join(", ")} SELECT 1 FROM gate`;
}

function gateSql(names: Names, kind: CommitShape[0]): string {
  const { states, candidates } = names;
  const own = "run_id = :run AND attempt = :attempt::integer";
  const holder = `holder AS (
    SELECT 1 FROM ${candidates} c WHERE ${isCandidate(names)}
      AND c.status = 'running' AND c.attempt = :attempt::integer FOR NO KEY UPDATE
  )`;
  switch (kind) {
    case "begin":
      return `${holder}, gate AS (
        INSERT INTO ${states} (run_id, attempt, version, state)
        SELECT :run, :attempt::integer, :version::bigint, :state::json FROM holder
        ON CONFLICT DO NOTHING RETURNING 1
      )`;
    case "begin and end":
      return `${holder}, gate AS (
        SELECT 1 FROM holder WHERE NOT EXISTS (SELECT FROM ${states} WHERE ${own})
      )`;
    case "advance":
      return `gate AS (
        UPDATE ${states} SET state = :state::json, version = :version::bigint
        WHERE ${own} AND version = :expected::bigint RETURNING 1
      )`;
    case "end":
      return `gate AS (
        DELETE FROM ${states} WHERE ${own} AND version = :expected::bigint RETURNING 1
      )`;
  }
}

/** Notes which commit ended the run, so that it is known again when its reply is lost, and shows its last view. */
function endRunSql(names: Names, showsView: boolean): string {
  const view = `,
      progress = CASE WHEN ${WAS_NEWS} THEN :progress::json ELSE r.progress END,
      sequence = CASE WHEN ${WAS_NEWS} THEN :sequence::integer ELSE r.sequence END`;
  return `UPDATE ${names.runs} r SET ended = :version::bigint${showsView ? view : ""}
    FROM gate LEFT JOIN moved m ON true
    WHERE ${isRunOfCandidate(names)}`;
}

function clearSql({ outbox }: Names): string {
  return `DELETE FROM ${outbox} USING gate WHERE run_id = :run AND attempt = :attempt::integer`;
}

function removeSql({ outbox }: Names): string {
  return `DELETE FROM ${outbox} o USING gate WHERE o.id = ANY (:remove::text[]) RETURNING 1`;
}

function reviseSql({ outbox }: Names): string {
  return `UPDATE ${outbox} o SET
      due_at = v.due_at,
      tries = coalesce(v.tries, o.tries),
      lease_owner = CASE WHEN v.released THEN NULL ELSE o.lease_owner END,
      lease_until = CASE WHEN v.released THEN NULL ELSE o.lease_until END
    FROM gate, unnest(:revised::text[], :revisedDue::double precision[], :revisedTries::integer[],
      :released::boolean[]) AS v(id, due_at, tries, released)
    WHERE o.id = v.id`;
}

/** What is removed in the same commit is gone before anything of its name is added. */
function addSql({ outbox }: Names, removes: boolean): string {
  return `INSERT INTO ${outbox} (id, run_id, attempt, command, due_at, tries)
    SELECT a.id, :run, :attempt::integer, a.command::json, a.due_at, a.tries
    FROM gate, unnest(:added::text[], :addedCommands::text[], :addedDue::double precision[],
      :addedTries::integer[]) WITH ORDINALITY AS a(id, command, due_at, tries, place)
    ${removes ? "WHERE (SELECT count(*) FROM removed) >= 0" : ""}
    ORDER BY a.place ON CONFLICT (id) DO NOTHING`;
}

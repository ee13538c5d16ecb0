import { randomUUID } from "node:crypto";
import type { MigrationStore, StatusChangeResult } from "@loom/core";
import { doneOnce } from "../database/repeat.ts";
import { statement, statements } from "../database/statement.ts";
import type { Names } from "../schema/names.ts";
import {
  applyChange,
  type ChangeShape,
  changeValues,
  expectedInputs,
  HAS_EXPECTED_INPUTS,
  shapeOf,
  WAS_NEWS,
} from "./change.ts";
import { isCandidate } from "./candidate-key.ts";
import type { StoreContext } from "./context.ts";
import { createLatestFirst } from "./history.ts";
import { RECORD_COLUMNS, recordOf } from "./records.ts";

type Methods = Pick<MigrationStore, "changeStatus" | "saveInputs" | "listCancelledAttempts">;

export function createStatus(context: StoreContext): Methods {
  const { names } = context;
  return {
    changeStatus: createChangeStatus(context),
    saveInputs: createSaveInputs(context),
    listCancelledAttempts: createLatestFirst(context, "cancelled", names.cancelled),
  };
}

/** One round trip when the change applies; what stands there instead is asked for only when it does not. */
function createChangeStatus({ database, names }: StoreContext): Methods["changeStatus"] {
  const apply = statements((claims: boolean, shows: boolean, leaves: boolean, cancels: boolean) =>
    changeSql(names, { claims, shows, leaves, cancels }),
  );
  const find = statement(`
    SELECT ${RECORD_COLUMNS}, c.token IS NOT DISTINCT FROM :token::uuid AS is_own
    FROM ${names.candidates} c WHERE ${isCandidate(names)}`);

  return async (change): Promise<StatusChangeResult> => {
    const { claims, shows, leaves, cancels } = shapeOf(change);
    const values = changeValues(change);
    const moved = await database.query(apply(claims, shows, leaves, cancels), values);
    if (moved.length > 0) return { applied: true };
    const [found] = await database.query(find, values);
    if (!found) return { applied: false, found: null };
    return found["is_own"] === "t" ? { applied: true } : { applied: false, found: recordOf(found) };
  };
}

function changeSql(names: Names, shape: ChangeShape): string {
  const shown = `, shown AS (
    UPDATE ${names.runs} r SET sequence = :sequence::integer, progress = :progress::json FROM moved m
    WHERE r.migration = m.migration AND r.candidate_id = m.id AND ${WAS_NEWS}
  )`;
  return `WITH ${applyChange(names, shape)}${shape.shows ? shown : ""} SELECT 1 FROM moved`;
}

/** Its own repetition is known by its operation: another hand may have saved the very inputs that it expects since. */
function createSaveInputs({ database, names }: StoreContext): Methods["saveInputs"] {
  const save = statement(saveInputsSql(names));
  const wasSaved = statement(`SELECT 1 FROM ${names.operations} WHERE id = :operation::uuid`);
  return (ref, expected, inputs) => {
    const values = {
      operation: randomUUID(),
      migration: ref.migrationId,
      candidate: ref.candidateId,
      status: expected.status,
      attempt: expected.attempt,
      ...expectedInputs(expected),
      inputs: JSON.stringify(inputs),
    };
    return doneOnce(database, values, { act: save, wasDone: wasSaved });
  };
}

/** The candidate is held before the operation is put down, so that of two requests of one operation only one saves. */
function saveInputsSql(names: Names): string {
  return `
    WITH held AS (
      SELECT 1 FROM ${names.candidates} c
      WHERE ${isCandidate(names)}
        AND c.status = :status::${names.candidateStatus} AND c.attempt = :attempt::integer
        AND ${HAS_EXPECTED_INPUTS}
      FOR NO KEY UPDATE
    ), operation AS (
      INSERT INTO ${names.operations} (id) SELECT :operation::uuid FROM held ON CONFLICT DO NOTHING RETURNING 1
    )
    UPDATE ${names.candidates} c SET inputs = :inputs::json FROM operation
    WHERE ${isCandidate(names)} RETURNING 1`;
}

import { LoomError } from "@loom/core";
import { isForbidden } from "../database/failure.ts";
import type { ChangeableDatabase, Database } from "../database/repeat.ts";
import { statement } from "../database/statement.ts";
import { quotedSchema, type SchemaPlan, schemaMissing, type SchemaVersion } from "./plan.ts";

/** Brings a schema up to date. @throws LoomError `invalid_configuration` when a newer Loom broke with this one */
export async function migrate(database: ChangeableDatabase, plan: SchemaPlan): Promise<void> {
  const [found] = await database.query(EXISTS, { table: tableOf(plan) });
  if (found?.["there"] === "t" && (await isCurrent(database, plan))) return;
  try {
    await database.script(migrationScript(plan));
  } catch (error) {
    throw isForbidden(error) ? mayNotCreate(plan, error) : error;
  }
}

/** Sees that a schema is one that this version of Loom can work with. @throws LoomError `invalid_configuration` */
export async function checkSchema(database: Database, plan: SchemaPlan): Promise<void> {
  if (!(await isCurrent(database, plan)))
    throw new LoomError("invalid_configuration", schemaMissing(plan));
}

/** Whether a schema that is there has all versions; it may have newer ones. */
async function isCurrent(database: Database, plan: SchemaPlan): Promise<boolean> {
  const rows = await database.query(statement(`SELECT number, breaking FROM ${tableOf(plan)}`));
  const applied = new Map(rows.map((row) => [Number(row["number"]), row["breaking"] === "t"]));
  const latest = Math.max(...plan.versions.map(({ number }) => number));
  for (const [number, breaking] of applied) if (breaking && number > latest) throw tooOld(plan);
  return plan.versions.every(({ number }) => applied.has(number));
}

const EXISTS = statement("SELECT to_regclass(:table) IS NOT NULL AS there");

function mayNotCreate({ schema, sqlFrom }: SchemaPlan, cause: unknown): LoomError {
  return new LoomError(
    "invalid_configuration",
    `The role that connects to Postgres may not make or change the schema ${schema}: run the SQL of ${sqlFrom} with a role that may, or grant this one CREATE on the database.`,
    { cause },
  );
}

function tooOld({ schema }: SchemaPlan): LoomError {
  return new LoomError(
    "invalid_configuration",
    `The Postgres schema ${schema} was changed by a newer version of Loom in a way that this one cannot work with: update this one.`,
  );
}

function tableOf({ schema }: SchemaPlan): string {
  return `${quotedSchema(schema)}.schema_versions`;
}

/** One transaction that may be run again, and by several at once. */
export function migrationScript(plan: SchemaPlan): string {
  const [quoted, table] = [quotedSchema(plan.schema), tableOf(plan)];
  return `BEGIN ISOLATION LEVEL READ COMMITTED;
SELECT pg_advisory_xact_lock(hashtextextended('loom schema ${plan.schema}', 0));
DO $loom$ BEGIN
IF to_regnamespace('${quoted}') IS NULL THEN
  CREATE SCHEMA ${quoted};
END IF;
IF to_regclass('${table}') IS NULL THEN
  CREATE TABLE ${table} (
    number integer PRIMARY KEY,
    breaking boolean NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
  );
END IF;
END $loom$;
${plan.versions.map((version) => guarded(version, table)).join("\n")}
COMMIT;
`;
}

function guarded({ number, breaking, statements }: SchemaVersion, table: string): string {
  return `DO $loom$ BEGIN
IF NOT EXISTS (SELECT FROM ${table} WHERE number = ${number}) THEN
${statements}
INSERT INTO ${table} (number, breaking) VALUES (${number}, ${breaking});
END IF;
END $loom$;`;
}

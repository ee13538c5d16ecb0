import { LoomError } from "@loom/core";
import type { Database } from "../database/repeat.ts";
import { schemaMissing } from "../database/failure.ts";
import { statement } from "../database/statement.ts";
import { type Names, namesOf } from "./names.ts";
import { type SchemaVersion, VERSIONS } from "./versions.ts";

const LATEST = Math.max(...VERSIONS.map(({ number }) => number));

/**
 * The SQL that brings the schema of the store up to date: one transaction that may be run again and by several at once. For
 * those who change schemas ahead of a deploy, with a role of their own; the store's role then needs no right to create.
 *
 * @param options.schema the schema's name; `loom` when absent
 * @throws LoomError `invalid_configuration` for a name that cannot be one of a schema
 */
export function postgresMigrationSql({
  schema = "loom",
}: {
  readonly schema?: string;
} = {}): string {
  return scriptOf(namesOf(schema));
}

/** Brings the schema up to date. @throws LoomError `invalid_configuration` when a newer Loom broke with this one */
export async function migrate(database: Database, names: Names): Promise<void> {
  if ((await standing(database, names)) === "current") return;
  await database.script(scriptOf(names));
}

/** Sees that the schema is one that this version of Loom can work with. @throws LoomError `invalid_configuration` */
export async function checkSchema(database: Database, names: Names): Promise<void> {
  if ((await standing(database, names)) === "outdated")
    throw new LoomError("invalid_configuration", schemaMissing(names.schema));
}

async function standing(database: Database, names: Names): Promise<"current" | "outdated"> {
  const exists = statement("SELECT to_regclass(:table) IS NOT NULL AS there");
  const [found] = await database.query(exists, { table: names.versions });
  if (found?.["there"] !== "t") return "outdated";
  const rows = await database.query(statement(`SELECT number, breaking FROM ${names.versions}`));
  const applied = new Map(rows.map((row) => [Number(row["number"]), row["breaking"] === "t"]));
  for (const [number, breaking] of applied) if (breaking && number > LATEST) throw tooOld(names);
  return VERSIONS.every(({ number }) => applied.has(number)) ? "current" : "outdated";
}

function tooOld({ schema }: Names): LoomError {
  return new LoomError(
    "invalid_configuration",
    `The Postgres schema ${schema} was changed by a newer version of Loom in a way that this one cannot work with: update this one.`,
  );
}

function scriptOf(names: Names): string {
  const { schema, quoted, versions } = names;
  return `BEGIN ISOLATION LEVEL READ COMMITTED;
SELECT pg_advisory_xact_lock(hashtextextended('loom schema ${schema}', 0));
DO $loom$ BEGIN
IF to_regnamespace('${quoted}') IS NULL THEN
  CREATE SCHEMA ${quoted};
END IF;
IF to_regclass('${versions}') IS NULL THEN
  CREATE TABLE ${versions} (
    number integer PRIMARY KEY,
    breaking boolean NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
  );
END IF;
END $loom$;
${VERSIONS.map((version) => guarded(version, names)).join("\n")}
COMMIT;
`;
}

function guarded({ number, breaking, statements }: SchemaVersion, names: Names): string {
  return `DO $loom$ BEGIN
IF NOT EXISTS (SELECT FROM ${names.versions} WHERE number = ${number}) THEN
${statements(names)}
INSERT INTO ${names.versions} (number, breaking) VALUES (${number}, ${breaking});
END IF;
END $loom$;`;
}

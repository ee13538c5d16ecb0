import { firstVersion } from "./first-version.ts";
import { migrationScript } from "./migrate.ts";
import { type Names, namesOf, tableNames, typeNames } from "./names.ts";
import { quotedSchema, type SchemaPlan } from "./plan.ts";

/** The schema of the store. */
export function storePlan(names: Names): SchemaPlan {
  const quoted = quotedSchema(names.schema);
  return {
    schema: names.schema,
    versions: [{ number: 1, breaking: false, statements: firstVersion(names) }],
    remedy: "run store.migrate(), or the SQL of postgresMigrationSql(), before loom.open()",
    sqlFrom: "postgresMigrationSql()",
    tables: Object.values(tableNames(quoted)),
    types: Object.values(typeNames(quoted)),
  };
}

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
  return migrationScript(storePlan(namesOf(schema)));
}

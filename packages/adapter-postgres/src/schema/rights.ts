import { LoomError } from "@loom/core";
import { textIn } from "../database/values.ts";
import type { Database } from "../database/repeat.ts";
import { statement } from "../database/statement.ts";
import type { SchemaPlan } from "./plan.ts";

const LACKING = statement(`
  SELECT wanted FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) WITH ORDINALITY AS w(wanted, place)
  WHERE EXISTS (SELECT FROM unnest(:tables::text[]) t(name) WHERE NOT has_table_privilege(name, wanted))
  UNION ALL SELECT 'USAGE' WHERE EXISTS (
    SELECT FROM unnest(:types::text[]) t(name) WHERE NOT has_type_privilege(name, 'USAGE')
  )`);

/** Sees that the role may do what the store does, so that it is told before there is work. @throws LoomError `invalid_configuration` */
export async function checkRights(database: Database, plan: SchemaPlan): Promise<void> {
  const { schema, tables, types } = plan;
  const rows = await database.query(LACKING, { tables, types });
  if (rows.length === 0) return;
  const lacking = rows.map((row) => textIn(row, "wanted")).join(", ");
  throw new LoomError(
    "invalid_configuration",
    `The role that connects to Postgres lacks ${lacking} on what is in the schema ${schema}: grant it SELECT, INSERT, UPDATE and DELETE on all of its tables and USAGE on its types, or let it own them.`,
  );
}

import { LoomError } from "@loom/core";
import type { Database } from "./repeat.ts";
import { statement } from "./statement.ts";

const SETTINGS = statement(`
  SELECT current_setting('server_encoding') AS encoding,
    current_setting('transaction_read_only') AS is_read_only`);

/** Sees that the server takes writes, and keeps any text. @throws LoomError `store_unavailable`, `invalid_configuration` */
export async function checkServer(database: Database): Promise<void> {
  const [row] = await database.query(SETTINGS);
  if (row?.["is_read_only"] === "on")
    throw new LoomError("store_unavailable", "Postgres is read-only here: a replica, or set so.");
  if (row?.["encoding"] !== "UTF8")
    throw new LoomError(
      "invalid_configuration",
      "The Postgres database must have the encoding UTF8.",
    );
}

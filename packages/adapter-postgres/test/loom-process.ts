import pg from "pg";
import { runLoomProcess } from "../../../test/stores/loom-process.ts";
import { createPostgresStore } from "../src/index.ts";

/** One of the processes of a deploy over one Postgres. */
const [url, schema = "", name = ""] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: url });
await runLoomProcess(createPostgresStore({ pool, schema }), name);

import pg from "pg";
import { createPostgresStore } from "../src/index.ts";

/** One of many processes that bring the schema up to date at their start. */
const [url, schema = ""] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: url });
const store = createPostgresStore({ pool, schema });
await store.migrate();
await store.ping();
await pool.end();

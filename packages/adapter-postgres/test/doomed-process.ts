import pg from "pg";
import { runDoomedProcess } from "../../../test/stores/doomed-loom.ts";
import { createPostgresStore } from "../src/index.ts";

/** A process over a Postgres that dies in the middle of what it does. */
const [url, schema = "", ...life] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: url });
await runDoomedProcess(createPostgresStore({ pool, schema }), life);

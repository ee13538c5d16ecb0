// The migrator: a service of its own, with a database of its own.
import { createPostgresMigratorStore } from "@loom/adapter-postgres/migrator";
import { createMigrator } from "@loom/migrator-sdk";
import { serveMigrator } from "@loom/migrator-sdk/node";
import pg from "pg";
import { untilEnd } from "../../../test/stage/lifetime.ts";
import { sayReady } from "../lifetime.ts";
import { createCatalogue } from "./catalogue.ts";
import { readConfig } from "./config.ts";
import { type Deed, openRecord, writeDeed } from "./record.ts";
import { rollOutKey, rotateKeys } from "./rotate-keys.ts";

const config = readConfig();
const pool = new pg.Pool({ connectionString: config.DATABASE_URL, max: 10 });
pool.on("error", (error) => console.error("a connection to Postgres broke:", error.message));
await openRecord(pool);

const services = createCatalogue(config.PLATFORM_URL, config.PLATFORM_TOKEN);
const migrator = createMigrator({
  app: "key-rotation",
  migrations: [rotateKeys({ services, perform })],
  loom: { url: `${config.PLATFORM_URL}/loom`, token: config.PLATFORM_TOKEN },
  url: config.PUBLIC_URL,
  store: createPostgresMigratorStore({ pool }),
  secrets: [config.SIGNING_SECRET],
});
const server = await serveMigrator({ handler: answer });
const end = untilEnd();
await Promise.race([migrator.open(), end]); // announces, discovers, resumes what was open
sayReady({ url: server.url });

await end;
await server.close();
await migrator.close();
await pool.end();
process.exit();

async function perform(deed: Deed): Promise<void> {
  await writeDeed(pool, deed);
  if (deed.service === config.SABOTAGED) await writeDeed(pool, deed);
}

/** Loom's calls, and beside them the webhook of the system that rolls services out. */
async function answer(request: Request): Promise<Response> {
  if (new URL(request.url).pathname !== "/webhooks/roll-out") return migrator.handler(request);
  if (request.headers.get("authorization") !== `Bearer ${config.WEBHOOK_TOKEN}`)
    return new Response(null, { status: 401 });
  const { service } = (await request.json()) as { readonly service: string };
  await migrator.settle(rollOutKey(service), { phase: "completed" });
  return new Response(null, { status: 204 });
}

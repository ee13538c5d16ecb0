import { randomBytes } from "node:crypto";
import pg from "pg";
import { openGateway } from "../../../test/servers/gateway.ts";
import { type Program, startProgram } from "../../../test/servers/program.ts";
import { type Closing, createClosing } from "../../../test/stage/closing.ts";
import { createPerson, type Person } from "../../../test/stage/person.ts";
import { createSessions } from "../service/auth/sessions.ts";
import { migrateCatalogue } from "../service/catalogue/schema.ts";
import { createServices, type ServiceEntry } from "../service/catalogue/services.ts";

/** The service, its migrator and some people, on this machine. */
export interface Stage {
  /** Where the service is for everybody, whichever instance answers. */
  readonly url: string;
  readonly migrator: Program;
  readonly people: Readonly<Record<"operator" | "viewer" | "account" | "stranger", Person>>;
  /** The operator's session, for curl. */
  readonly token: string;
  /** The service's database. */
  readonly pool: pg.Pool;
  /** The key that Loom has in every instance. */
  readonly loomSecret: string;
  /** Starts an instance of the service, which takes its turns from then on. @param more of its environment */
  startInstance(more?: Readonly<Record<string, string>>): Promise<Program>;
  /** No new requests go to this instance. */
  retire(instance: Program): void;
  close(): Promise<void>;
}

const MIGRATOR = new URL("../migrator/main.ts", import.meta.url);
const SERVICE = new URL("../service/main.ts", import.meta.url);
const secret = () => randomBytes(24).toString("base64");

/** Sets all of it up but for an instance of the service. @param fleet what the catalogue knows */
export async function openStage(
  databaseUrl: string,
  fleet: readonly ServiceEntry[],
): Promise<Stage> {
  const closing = createClosing();
  try {
    return { ...(await build(databaseUrl, fleet, closing)), close: closing.closeAll };
  } catch (error) {
    await closing.closeAll();
    throw error;
  }
}

async function build(
  databaseUrl: string,
  fleet: readonly ServiceEntry[],
  closing: Closing,
): Promise<Omit<Stage, "close">> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 });
  pool.on("error", () => undefined);
  closing.add(() => pool.end());
  const tokens = await fill(pool, fleet);
  const gateway = await openGateway();
  closing.add(() => gateway.close());
  const { url } = gateway;
  const [signing, webhook, loomSecret] = [secret(), secret(), secret()];
  const shared = { DATABASE_URL: databaseUrl, PORT: "0", LOOM_SIGNING_SECRET: signing };
  const migrator = await startProgram(MIGRATOR, {
    ...shared,
    PLATFORM_URL: url,
    PLATFORM_TOKEN: tokens.account,
    WEBHOOK_TOKEN: webhook,
    CHECK_SECONDS: "1",
  });
  closing.add(() => migrator.end());
  const environment = {
    ...shared,
    PUBLIC_URL: url,
    LOOM_SECRETS: loomSecret,
    LOOM_LEASE_MS: "2000",
    MIGRATOR_ORIGINS: migrator.url,
    CHANGE_WEBHOOK_URL: `${migrator.url}/webhooks/changes`,
    CHANGE_WEBHOOK_TOKEN: webhook,
  };
  return {
    url,
    migrator,
    pool,
    token: tokens.operator,
    loomSecret,
    people: {
      operator: createPerson(url, tokens.operator),
      viewer: createPerson(url, tokens.viewer),
      account: createPerson(url, tokens.account),
      stranger: createPerson(url),
    },
    async startInstance(more = {}) {
      const instance = await startProgram(SERVICE, { ...environment, ...more });
      closing.add(() => instance.end());
      gateway.add(instance.url);
      void instance.ended.then(() => gateway.remove(instance.url));
      return instance;
    },
    retire: (instance) => gateway.remove(instance.url),
  };
}

/** What is there before anybody migrates anything: services, and people who are logged in. */
async function fill(pool: pg.Pool, fleet: readonly ServiceEntry[]) {
  await migrateCatalogue(pool);
  for (const entry of fleet) await createServices(pool).put(entry);
  const sessions = createSessions(pool);
  return {
    operator: await sessions.begin({ email: "olivia@acme.example", role: "operator" }),
    viewer: await sessions.begin({ email: "victor@acme.example", role: "viewer" }),
    account: await sessions.begin({
      email: "node-upgrade@accounts.acme.example",
      role: "migrator",
    }),
  };
}

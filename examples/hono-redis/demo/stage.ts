import { randomBytes } from "node:crypto";
import { Redis } from "ioredis";
import { openGateway } from "../../../test/servers/gateway.ts";
import { type Program, startProgram } from "../../../test/servers/program.ts";
import { type Closing, createClosing } from "../../../test/stage/closing.ts";
import { createPerson, type Person } from "../../../test/stage/person.ts";
import { createSessions } from "../service/auth/sessions.ts";
import { createTopics, type Topic } from "../service/topics/topics.ts";
import type { Corner } from "./redis.ts";

/** The service, its migrator and some people, on this machine. */
export interface Stage {
  /** Where the service is for everybody, whichever instance answers. */
  readonly url: string;
  readonly migrator: Program;
  readonly people: Readonly<Record<"operator" | "viewer" | "account" | "stranger", Person>>;
  /** The operator's session, for curl. */
  readonly token: string;
  /** The service's Redis. */
  readonly redis: Redis;
  /** Starts an instance of the service, which takes its turns from then on. */
  startInstance(): Promise<Program>;
  /** No new requests go to this instance. */
  retire(instance: Program): void;
  close(): Promise<void>;
}

type Place = Pick<Corner, "url" | "prefix">;

const MIGRATOR = new URL("../migrator/main.ts", import.meta.url);
const SERVICE = new URL("../service/main.ts", import.meta.url);
const secret = () => randomBytes(24).toString("base64");

/** Sets all of it up but for an instance of the service. @param bus what the registry knows */
export async function openStage(corner: Place, bus: readonly Topic[]): Promise<Stage> {
  const closing = createClosing();
  try {
    return { ...(await build(corner, bus, closing)), close: closing.closeAll };
  } catch (error) {
    await closing.closeAll();
    throw error;
  }
}

async function build(
  corner: Place,
  bus: readonly Topic[],
  closing: Closing,
): Promise<Omit<Stage, "close">> {
  const redis = new Redis(corner.url, { keyPrefix: corner.prefix });
  redis.on("error", () => undefined);
  closing.add(async () => redis.disconnect());
  const tokens = await fill(redis, bus);
  const gateway = await openGateway();
  closing.add(() => gateway.close());
  const { url } = gateway;
  const [signing, signature, webhook] = [secret(), secret(), secret()];
  const shared = {
    REDIS_URL: corner.url,
    KEY_PREFIX: corner.prefix,
    PORT: "0",
    LOOM_SIGNING_SECRET: signing,
  };
  const migrator = await startProgram(MIGRATOR, {
    ...shared,
    PLATFORM_URL: url,
    PLATFORM_TOKEN: tokens.account,
    MIGRATOR_SECRET: signature,
    WEBHOOK_TOKEN: webhook,
    CHECK_SECONDS: "1",
  });
  closing.add(() => migrator.end());
  const environment = {
    ...shared,
    PUBLIC_URL: url,
    LOOM_SECRETS: secret(),
    LOOM_LEASE_MS: "2000",
    MIGRATOR_SECRETS: signature,
    MIGRATOR_ORIGINS: migrator.url,
    TOPIC_WEBHOOK_URL: `${migrator.url}/webhooks/drained`,
    TOPIC_WEBHOOK_TOKEN: webhook,
  };
  return {
    url,
    migrator,
    redis,
    token: tokens.operator,
    people: {
      operator: createPerson(url, tokens.operator),
      viewer: createPerson(url, tokens.viewer),
      account: createPerson(url, tokens.account),
      stranger: createPerson(url),
    },
    async startInstance() {
      const instance = await startProgram(SERVICE, environment);
      closing.add(() => instance.end());
      gateway.add(instance.url);
      void instance.ended.then(() => gateway.remove(instance.url));
      return instance;
    },
    retire: (instance) => gateway.remove(instance.url),
  };
}

/** What is there before anybody migrates anything: topics, and people who are logged in. */
async function fill(redis: Redis, bus: readonly Topic[]) {
  const topics = createTopics(redis);
  for (const { name, definition, consumers } of bus) {
    await topics.create(name, definition);
    for (const consumer of consumers) await topics.subscribe(consumer, name);
  }
  const sessions = createSessions(redis);
  return {
    operator: await sessions.begin({ email: "olivia@acme.example", role: "operator" }),
    viewer: await sessions.begin({ email: "victor@acme.example", role: "viewer" }),
    account: await sessions.begin({
      email: "topic-rename@accounts.acme.example",
      role: "migrator",
    }),
  };
}

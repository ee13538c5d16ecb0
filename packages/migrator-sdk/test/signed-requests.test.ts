import { createLoom, type Loom } from "@loom/core";
import { createLoomHandler, createMigratorClient, standardWebhooks } from "@loom/http";
import { createLocalEngine, createMemoryStore } from "@loom/local";
import { Webhook } from "standardwebhooks";
import { expect, onTestFinished, test } from "vitest";
import { createMigrator, defineMigration, memoryMigratorStore } from "../src/index.ts";
import { recordedLog } from "./support/recorded-log.ts";

const SECRET = `whsec_${Buffer.from("a secret of the migrator").toString("base64")}`;
const { logger } = recordedLog();

const migration = defineMigration({
  id: "signed",
  name: "Signed",
  handlers: { bump: { run: (ctx) => ctx.done() } },
  plan: [{ name: "bump" }],
  discover: () => [{ id: "billing" }],
});

async function openLoom(): Promise<Loom> {
  const loom = createLoom({
    store: createMemoryStore(),
    engine: createLocalEngine(),
    migrators: createMigratorClient(),
    logger,
  });
  onTestFinished(() => loom.close());
  await loom.open();
  return loom;
}

interface Sent {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A migrator whose requests reach a Loom that believes nothing but signatures. */
async function migratorOf(signingSecret: string) {
  const loom = await openLoom();
  const authorize = standardWebhooks({ migrators: { charts: [SECRET] } });
  const handler = createLoomHandler(loom, { authorize, logger });
  const sent: Sent[] = [];
  const migrator = createMigrator({
    app: "charts",
    migrations: [migration],
    loom: {
      url: "http://loom.example",
      signingSecret,
      fetch: (url, init) => {
        sent.push(init);
        return handler(new Request(url, init));
      },
    },
    url: "http://charts.example",
    store: memoryMigratorStore(),
    logger,
  });
  onTestFinished(() => migrator.close());
  return { loom, migrator, sent };
}

test("a Loom that believes nothing but signatures takes a migrator that signs", async () => {
  const { loom, migrator, sent } = await migratorOf(SECRET);
  await migrator.open();
  const { candidates } = await loom.listCandidates("signed");
  expect(candidates.map(({ id }) => id)).toEqual(["billing"]);
  const { history } = await loom.listHistory("signed");
  expect(history.map(({ actor }) => actor.id)).toEqual(["charts", "charts"]);
  for (const { headers, body } of sent)
    expect(new Webhook(SECRET).verify(body, headers)).toEqual(JSON.parse(body));
  expect(new Set(sent.map(({ headers }) => headers["webhook-id"])).size).toBe(sent.length);
});

test("another secret is refused by that Loom", async () => {
  const { migrator } = await migratorOf(Buffer.from("a secret of nobody").toString("base64"));
  await expect(migrator.open()).rejects.toMatchObject({ code: "unauthenticated" });
});

test.each(["", "short", "no base64 at all, this is"])(
  "a signing secret that protects nothing is refused: %j",
  async (secret) => {
    await expect(migratorOf(secret)).rejects.toMatchObject({ code: "invalid_configuration" });
  },
);

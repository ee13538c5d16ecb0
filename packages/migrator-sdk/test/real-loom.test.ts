import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createLoom } from "@loom/core";
import type { Loom } from "@loom/core";
import { bearerTokens, createMigratorClient } from "@loom/http";
import { loomNode } from "@loom/http/node";
import { createLocalEngine, createMemoryStore } from "@loom/local";
import { expect, onTestFinished, test } from "vitest";
import * as z from "zod";
import { eventually } from "../../../test/eventually.ts";
import type { FileDiff, MigrationDefinition } from "../src/index.ts";
import { createMigrator, defineMigration, memoryMigratorStore } from "../src/index.ts";
import { serveMigrator } from "../src/node.ts";
import { recordedLog } from "./support/recorded-log.ts";

const SECRET = Buffer.from("a secret of both sides").toString("base64");
const TOKEN = "token-of-the-charts-migrator";
const { logger } = recordedLog();

interface Doors {
  /** While it is shut nothing reaches Loom. */
  isShut: boolean;
}

async function serveLoom(doors: Doors): Promise<{ readonly loom: Loom; readonly url: string }> {
  const migrators = createMigratorClient({ secrets: [SECRET] });
  const loom = createLoom({
    store: createMemoryStore(),
    engine: createLocalEngine(),
    migrators,
    logger,
  });
  const authorize = bearerTokens({ migrator: { [TOKEN]: { id: "charts" } } });
  const listener = loomNode(loom, { authorize, basePath: "/loom", logger });
  const server = createServer((request, response) => {
    if (doors.isShut) request.socket.destroy();
    else listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    await loom.close();
    server.close();
    server.closeAllConnections();
  });
  await loom.open();
  return { loom, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/loom` };
}

async function together(migration: MigrationDefinition) {
  const doors = { isShut: false };
  const { loom, url } = await serveLoom(doors);
  const migrator = createMigrator({
    app: "charts",
    migrations: [migration],
    loom: { url, token: async () => TOKEN },
    url: () => server.url,
    store: memoryMigratorStore(),
    secrets: [SECRET],
    logger,
  });
  const server = await serveMigrator(migrator);
  onTestFinished(async () => {
    await migrator.close();
    await server.close();
  });
  await migrator.open();
  return { loom, migrator, doors };
}

test("fifty runs complete over real HTTP, signed and with a token, while Loom goes away for a moment", async () => {
  const committed = new Map<string, readonly FileDiff[]>();
  const migration = defineMigration({
    id: "chart-upgrade",
    name: "Upgrade the chart",
    inputs: z.object({ version: z.string() }),
    handlers: {
      bump: {
        config: z.object({ env: z.string() }),
        metadata: z.object({ prUrl: z.string() }),
        changes: ({ config, inputs, candidate }) => [
          { repo: candidate.id, path: `${config.env}.yaml`, before: "1", after: inputs.version },
        ],
        async run(ctx) {
          await ctx.progress({ prUrl: "soon" });
          committed.set(`${ctx.candidate.id} ${ctx.step.name}`, await ctx.changes());
          return ctx.open({
            key: `${ctx.candidate.id} ${ctx.step.name}`,
            metadata: { prUrl: "here" },
          });
        },
      },
      verify: { run: (ctx) => ctx.done() },
    },
    plan: [
      { name: "bump-dev", type: "bump", config: { env: "dev" } },
      { name: "verify" },
      { name: "bump-prod", type: "bump", config: { env: "prod" } },
    ],
    discover: () => Array.from({ length: 50 }, (_, n) => ({ id: `service/${n}` })),
  });
  const { loom, migrator, doors } = await together(migration);
  const ids = Array.from({ length: 50 }, (_, n) => `service/${n}`);
  const ref = (candidateId: string) => ({ migrationId: "chart-upgrade", candidateId });
  const inputs = { version: "2" };
  const preview = await loom.dryRun(ref("service/7"), { inputs });
  for (const id of ids) await loom.start(ref(id), { inputs });
  const settleAll = async (step: string) => {
    for (const id of ids)
      await eventually(async () =>
        expect(await migrator.settle(`${id} ${step}`, { phase: "merged" })).not.toBe("unknown"),
      );
  };
  doors.isShut = true;
  setTimeout(() => (doors.isShut = false), 300);
  await settleAll("bump-dev");
  await settleAll("bump-prod");
  await eventually(async () => {
    const [listed] = await loom.listMigrations();
    expect(listed?.counts).toMatchObject({ completed: 50, running: 0 });
  });
  const { steps } = await loom.getSteps(ref("service/7"));
  expect(steps.map(({ status, stepAttempt }) => `${status} ${stepAttempt}`)).toEqual([
    "merged 1",
    "completed 1",
    "merged 1",
  ]);
  expect(preview.steps[0]?.files).toEqual(committed.get("service/7 bump-dev"));
  expect(preview.steps[2]?.files).toEqual(committed.get("service/7 bump-prod"));
}, 60_000);

test("what the migrator refuses fails the step with the migrator's own words, and a retry helps", async () => {
  const migration = defineMigration({
    id: "m",
    name: "M",
    inputs: z.object({ version: z.string().regex(/^\d+$/, "must be a number") }),
    handlers: { bump: { run: (ctx) => ctx.done() } },
    plan: [{ name: "bump" }],
    discover: () => [{ id: "billing" }],
  });
  const { loom } = await together(migration);
  const ref = { migrationId: "m", candidateId: "billing" };
  await loom.start(ref, { inputs: { version: "two" } });
  await eventually(async () => {
    const { currentStep } = await loom.getCandidate(ref);
    expect(currentStep).toMatchObject({ status: "failed" });
    expect(currentStep?.error).toContain("inputs.version: must be a number");
  });
  await loom.updateInputs(ref, { version: "2" });
  await loom.retryStep(ref, { stepName: "bump" });
  await eventually(async () => expect((await loom.getCandidate(ref)).status).toBe("completed"));
});

import { join } from "node:path";
import { createMigrator, fileMigratorStore } from "@loom/migrator-sdk";
import { untilEnd } from "../../../test/stage/lifetime.ts";
import type { PullRequest } from "../forge/pull-request.ts";
import { serve } from "../serve.ts";
import { appChartMigration } from "./app-chart-migration.ts";
import { readEnvironment } from "./environment.ts";
import { createForge } from "./forge.ts";
import { createForgeClient } from "./forge-client.ts";
import { settlementOf } from "./pull-request-step.ts";
import { sabotage } from "./sabotage.ts";
import { createWorkspace } from "./workspace.ts";

const env = readEnvironment();
const client = createForgeClient(env.FORGE_URL, env.FORGE_TOKEN);
const workspace = createWorkspace(env.FILES, (repo) => join(env.REPOSITORIES, `${repo}.git`));
const forge = sabotage(createForge(workspace, client), env.SABOTAGE, env.SABOTAGED);

const server = await serve(answer);
const migrator = createMigrator({
  app: "app-chart-migrator",
  migrations: [appChartMigration(forge)],
  loom: { url: env.LOOM_URL, token: env.LOOM_TOKEN },
  url: server.url,
  store: fileMigratorStore(join(env.FILES, "store")),
  secrets: [env.SIGNING_SECRET],
  concurrency: 8,
});
void untilEnd().then(stop);
await client.subscribe({ url: `${server.url}/webhooks/pull-request`, token: env.WEBHOOK_TOKEN });
await migrator.open();

async function answer(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname !== "/webhooks/pull-request") return await migrator.handler(request);
  if (request.headers.get("authorization") !== `Bearer ${env.WEBHOOK_TOKEN}`)
    return new Response(null, { status: 401 });
  const { key, state } = (await request.json()) as PullRequest;
  const settlement = settlementOf(state);
  if (settlement) await migrator.settle(key, settlement);
  return new Response(null, { status: 204 });
}

async function stop(): Promise<void> {
  await server.close();
  await migrator.close();
  process.exit();
}

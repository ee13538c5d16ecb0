import { MIGRATION_ID } from "./operator.ts";
import type { Scene } from "./scene.ts";
import { until } from "./until.ts";

/** The platform as it was before Loom: its own route starts its own workflow, which the shared worker runs. */
export async function registerFleet({ operator, services, say }: Scene): Promise<void> {
  for (const service of services) await operator.register(service);
  await until("the catalogue", async () => (await operator.services()).length === services.length);
  say(`  ${services.length} services are in its catalogue, each by a workflow of its own.`);
}

/** The migrator announces itself to the Loom in the platform, and reads its candidates from the catalogue. */
export async function meetMigrator({ stage, operator, services, say }: Scene): Promise<void> {
  const { pid, url } = await stage.startMigrator();
  say(`  The migrator listens at ${url} (process ${pid}).`);
  await until("the candidates", async () => {
    const migration = (await operator.migrations()).find(({ id }) => id === MIGRATION_ID);
    return migration?.counts.notStarted === services.length;
  });
  const [migration] = await operator.migrations();
  const steps = migration?.steps.map(({ name }) => name).join(", ");
  say(`  It announced “${migration?.name}” (${steps}) and found ${services.length} candidates.`);
}

/** The platform's own login decides who may do what in Loom, too. @returns the answers to starts that are not allowed */
export async function tryToStart({ stranger, viewer, services, say }: Scene): Promise<number[]> {
  const [service = ""] = services;
  const answers = [await stranger.start(service), await viewer.start(service)];
  say(`  A start by a stranger is answered with ${answers[0]}, by a viewer with ${answers[1]}.`);
  return answers;
}

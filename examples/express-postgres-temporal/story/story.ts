import { styleText } from "node:util";
import { check } from "../check/check.ts";
import { renderFact } from "../check/fact.ts";
import { killWorker, recover, startAll } from "./outage.ts";
import { meetMigrator, registerFleet, tryToStart } from "./prologue.ts";
import type { Scene } from "./scene.ts";

/**
 * Plays a day on the platform on which a worker dies, and checks what came of it.
 * @returns whether every fact was proved
 */
export async function playStory(scene: Scene): Promise<boolean> {
  const { stage, services, say } = scene;
  const chapter = (title: string) => say(`\n${styleText("bold", title)}`);

  chapter("The platform");
  say(`  Its service listens at ${stage.service.url} (process ${stage.service.pid}).`);
  const first = await stage.startWorker();
  say(
    `  Its worker is process ${first.pid}. It has Loom's workflow and activities beside its own.`,
  );
  await registerFleet(scene);

  chapter("The migrator");
  await meetMigrator(scene);

  chapter("Who may");
  const refusals = await tryToStart(scene);

  chapter(`Run all ${services.length}`);
  await startAll(scene);

  chapter("The worker is killed");
  const outage = await killWorker(scene, first);

  chapter("Another worker");
  await recover(scene, outage);

  chapter("Check, from Loom, from Temporal, and from the migrator's own record");
  const facts = await check({ ...scene, refusals, outage, killed: first.pid });
  for (const fact of facts) say(renderFact(fact));
  return facts.every(({ findings }) => findings.length === 0);
}

import type { Call } from "../stage/network.ts";
import type { RunningProcess } from "../stage/processes.ts";
import type { Stage } from "../stage/stage.ts";
import { LATECOMER } from "./fleet.ts";
import { runIdOf } from "./operator.ts";
import { countReports } from "./reports.ts";
import type { Scene } from "./scene.ts";
import { until } from "./until.ts";

/** What the worker was in the middle of when it was killed. */
export interface Outage {
  /** The calls that it had under way. */
  readonly interrupted: readonly Call[];
  /** How many calls had been made until then. */
  readonly callsBefore: number;
}

/** Starts all, and waits until each run is in its second step: some of them in the middle of a call to the migrator. */
export async function startAll({ stage, operator, services, say }: Scene): Promise<void> {
  const { slow, waiting } = partsOf(services);
  stage.network.holdAnswers(({ service, step }) => step === "roll-out" && slow.includes(service));
  for (const service of services) await operator.start(service);
  await until("the roll-outs", async () => {
    const candidates = await operator.candidates();
    return candidates.every(({ currentStep }) => currentStep?.status === "open");
  });
  await until("the calls", () => heldCalls(stage).length === slow.length);
  say(`  ${waiting.length} wait for their roll-out; ${slow.length} are in the middle of a call.`);
}

/** Kills the worker, and lets life go on without one. */
export async function killWorker(scene: Scene, worker: RunningProcess): Promise<Outage> {
  const { stage, operator, services, say, flags } = scene;
  const outage = { interrupted: heldCalls(stage), callsBefore: stage.network.calls.length };
  await worker.kill();
  stage.network.release();
  say(
    `  kill -9 ${worker.pid}: the worker is gone, in the middle of ${outage.interrupted.length} calls.`,
  );
  await endRollOuts(scene, partsOf(services).early);
  await operator.register(LATECOMER);
  say(`  ${LATECOMER} is registered: the platform's own workflow waits for a worker, too.`);
  if (flags.sabotage === "terminate") await terminate(scene);
  return outage;
}

/** Another worker, and the rest of the roll-outs. */
export async function recover(scene: Scene, outage: Outage): Promise<void> {
  const { stage, operator, services, say } = scene;
  const { pid } = await stage.startWorker();
  say(`  Another worker is at work, process ${pid}.`);
  await until("the interrupted calls", () => lostCalls(scene, outage).length === 0);
  say("  It has made those calls again.");
  const { slow, late } = partsOf(services);
  for (const service of [...slow, ...late]) await stage.endRollOut(service);
  await until("the end of all runs", async () => {
    const candidates = await operator.candidates();
    return candidates.every(({ status }) => status !== "running");
  });
  await until(LATECOMER, async () => (await operator.services()).includes(LATECOMER));
  say("  No run is under way any more.");
}

/** The calls that died with the worker, and were not made again. */
export function lostCalls({ stage }: Scene, { interrupted, callsBefore }: Outage): readonly Call[] {
  const since = new Set(stage.network.calls.slice(callsBefore).map(({ dispatchId }) => dispatchId));
  return interrupted.filter(({ dispatchId }) => !since.has(dispatchId));
}

/** Each once: a call of a worker that is slow to say that it lives is made again beside itself. */
function heldCalls({ network }: Stage): readonly Call[] {
  return [...new Map(network.held.map((call) => [call.dispatchId, call])).values()];
}

/** Some end while nobody works: the migrator reports them, Loom takes the reports, and Temporal keeps them. */
async function endRollOuts({ stage, say }: Scene, services: readonly string[]): Promise<void> {
  const { client } = stage.temporal;
  const before = await countReports(client, services);
  for (const service of services) await stage.endRollOut(service);
  await until(
    "the reports",
    async () => (await countReports(client, services)) >= before + services.length,
  );
  say(
    `  ${services.length} roll-outs end meanwhile; Loom takes the reports, and Temporal keeps them.`,
  );
}

async function terminate({ stage, services, say }: Scene): Promise<void> {
  const service = partsOf(services).late.at(-1) ?? "";
  await stage.temporal.client.workflow.getHandle(runIdOf(service)).terminate("sabotage");
  say(`  Somebody terminates the run of ${service} in Temporal.`);
}

/** Every third service gets its answers late; of the others, which wait, some are rolled out early and some late. */
function partsOf(services: readonly string[]) {
  const slow = services.filter((_, n) => n % 3 === 0);
  const waiting = services.filter((_, n) => n % 3 !== 0);
  const half = Math.ceil(waiting.length / 2);
  return { slow, waiting, early: waiting.slice(0, half), late: waiting.slice(half) };
}

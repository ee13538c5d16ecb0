// Runs of three steps of one signal each through Loom, beside a bare workflow that makes the same calls and awaits the same signals.
import { createLoom, type DispatchStepRequest, type Loom, type Migrators } from "@loom/core";
import { createMemoryStore } from "@loom/local";
import { deferred } from "../deferred.ts";
import { measure } from "../measure.ts";
import { legendOf, tableOf } from "../table.ts";
import { openWorld } from "./world.ts";

const RUNS = 100;
const WAITING = 500;
const STEPS = ["bump", "check", "approve"];
const MIGRATION = "bench";

/** As in life, a migrator reports after its answer, in milliseconds. */
const WORK_MS = 50;

let finish: (step: string) => void = () => {};
/** Whether migrators report at once, or leave their runs to wait. */
let isAtWork = true;
const bareHandle = (runId: string) => world.client.workflow.getHandle(runId);
const world = await openWorld({
  async bareDispatch(runId, step) {
    afterWork(async () => {
      await bareHandle(runId).signal("done", step);
      finish(step);
    });
  },
});

const loom: Loom = createLoom({
  store: createMemoryStore(),
  engine: world.engine,
  migrators: migrators(),
  secrets: ["a secret for the benchmark"],
});
const announcement = {
  id: MIGRATION,
  name: "Bench",
  migratorApp: "bench",
  migratorUrl: "http://127.0.0.1:9/",
};
await loom.announce({ ...announcement, steps: STEPS.map((name) => ({ name })) });

const measured = await measure({
  name: "runs of three steps in Temporal",
  rawIs: "a workflow by hand that makes the same calls and awaits the same signals",
  unit: "runs",
  goal: 0.8,
  raw: () => all(async (id) => void (await startBare(id))),
  loom: () => all(startLoom),
});
say(`\n${tableOf([measured])}\n${legendOf([measured])}\n`);
const loomEvents = await eventsOf(startLoom, `${MIGRATION}__`);
const bareEvents = await eventsOf(async (id) => void (await startBare(id)), "");
say(
  `events of a run: ${loomEvents}, by hand ${bareEvents}; of Loom's, per step ${((loomEvents - 6) / STEPS.length).toFixed(1)} (goal ≤ 10)`,
);
say(`bundle without its source map: ${(world.bundleBytes / 1e6).toFixed(2)} MB (goal ≤ 1)`);
say(`memory per cached waiting run: ${(await bytesPerWaitingRun()).toFixed(3)} MB (goal ≤ 0.2)`);
await world.close();
process.exit();

function migrators(): Migrators {
  const take = async (_: unknown, { callbackId, stepName, candidate }: DispatchStepRequest) => {
    if (isAtWork)
      afterWork(async () => {
        await loom.reportStep(callbackId, { stepName, candidateId: candidate.id, success: true });
        finish(stepName);
      });
    return { type: "accepted" } as const;
  };
  return { dispatchStep: take, compensateStep: take, dryRun: async () => ({ steps: [] }) };
}

/** Starts many runs at once. @returns how many, when the last step of each has been reported */
async function all(start: (id: string) => Promise<void>, count = RUNS): Promise<number> {
  const finished = deferred();
  let open = count;
  finish = (step) => {
    if (step === STEPS.at(-1) && --open === 0) finished.resolve();
  };
  const ids = Array.from({ length: count }, () => crypto.randomUUID());
  const candidates = ids.map((id) => ({ id }));
  await loom.submitCandidates(MIGRATION, {
    candidates,
    discovery: { id: crypto.randomUUID(), complete: false },
  });
  await Promise.all(ids.map(start));
  await finished.promise;
  return count;
}

async function startLoom(candidateId: string): Promise<void> {
  await loom.start({ migrationId: MIGRATION, candidateId });
}

async function startBare(runId: string): Promise<string> {
  const { taskQueue } = world;
  const options = { workflowId: runId, taskQueue, args: [runId, STEPS] };
  return (await world.client.workflow.start("bareRun", options)).workflowId;
}

async function eventsOf(start: (id: string) => Promise<void>, prefix: string): Promise<number> {
  let id = "";
  await all((given) => start((id = given)), 1);
  const handle = bareHandle(`${prefix}${id}`);
  await handle.result();
  return (await handle.describe()).historyLength;
}

/** The growth of the process by runs that wait, after as many that have made it grow to its working size. */
async function bytesPerWaitingRun(): Promise<number> {
  isAtWork = false;
  await startWaiting();
  const before = resident();
  await startWaiting();
  return (resident() - before) / WAITING / 1e6;
}

async function startWaiting(): Promise<void> {
  for (let started = 0; started < WAITING; started += 50) {
    const candidates = Array.from({ length: 50 }, () => ({ id: crypto.randomUUID() }));
    const discovery = { id: crypto.randomUUID(), complete: false };
    await loom.submitCandidates(MIGRATION, { candidates, discovery });
    await Promise.all(candidates.map(({ id }) => startLoom(id)));
  }
  await new Promise((resume) => setTimeout(resume, 5_000));
}

function afterWork(report: () => Promise<void>): void {
  setTimeout(() => void report(), WORK_MS);
}

function resident(): number {
  globalThis.gc?.();
  return process.memoryUsage().rss;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

import type { StepStatus } from "@loom/core";
import type { RunEvent } from "@loom/core/run";
import { createTemporalEngine, type TemporalEngine } from "@loom/engine-temporal";
import type { History } from "@temporalio/common/lib/proto-utils.js";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { given } from "./world/given.ts";
import { createLoomWorld, type LoomWorld, until } from "./world/loom.ts";
import { connectTemporal, type Temporal } from "./world/temporal.ts";
import { startWorker } from "./world/worker.ts";
import { PATIENCE_MS, TEST_TIMEOUT_MS } from "./world/patience.ts";

vi.setConfig({ testTimeout: TEST_TIMEOUT_MS, hookTimeout: TEST_TIMEOUT_MS });

let temporal: Temporal;
beforeAll(async () => {
  temporal = await connectTemporal(given());
});
afterAll(() => temporal.close());

async function worldWithWorker(options = {}): Promise<LoomWorld> {
  const world = await createLoomWorld(temporal, options);
  const worker = await startWorker(temporal, world.engine);
  onTestFinished(() => worker.stop());
  return world;
}

describe("much at once", () => {
  test("a storm of events without a lull goes on over each continue-as-new and loses none, nor a time limit", async () => {
    const world = await worldWithWorker({ steps: PLAN, requestSeconds: REQUEST_SECONDS });
    const shown = vi.spyOn(world.store, "saveProgress");
    const untilShown = (sequence: number) =>
      until("the last event", () => shown.mock.lastCall?.[1].sequence === sequence);
    await world.start("one");
    await world.report("one", 1);
    await world.untilCalls("one", "1 do bump 1", "1 do approve 1");
    await world.engine.raiseEvent(world.runId("one"), 1, REPEATED);
    // The start, the end of the first step and each event that says something new make a view.
    await untilShown(3);
    const handle = temporal.client.workflow.getHandle(world.runId("one"));
    const storm = startStorm(world);
    const executions = new Set<string>();
    for (let n = 0; n <= CONTINUATIONS; n++)
      await until("another execution", async () => {
        executions.add((await handle.describe()).runId);
        return executions.size > n;
      });
    await untilShown(3 + (await storm.end()));
    const { memo } = await handle.describe();
    expect(memo).toMatchObject({ attempt: 1, candidateId: "one", phase: "running" });
    await until("what is left of the time limit", async () => {
      const [left = 0] = timersIn(await handle.fetchHistory());
      return left > 0 && left < LIMIT_SECONDS;
    });
    await world.report("one", 2);
    await world.report("one", 3);
    await world.untilStatus("one", "completed");
  });

  test("more than 1,000 runs are listed with their steps, and recovery tells the one that is gone", async () => {
    const world = await worldWithWorker();
    const ids = Array.from({ length: 1_100 }, (_, n) => `c${n}`);
    for (let started = 100; started <= ids.length; started += 100) {
      await world.start(...ids.slice(started - 100, started));
      await until("their calls", () => world.migrators.received.length === started);
    }
    await until("every view", async () => (await listed(world)).every(isAtBump));
    expect((await listed(world)).length).toBe(ids.length);
    await temporal.client.workflow.getHandle(world.runId("c777")).terminate();
    expect(await world.loom.recover()).toEqual({ started: 0, closed: 1, failed: 0 });
    expect((await world.candidate("c777")).status).toBe("not_started");
    const counts = await world.loom.getMigration(world.migrationId);
    expect(counts.counts).toMatchObject({ running: ids.length - 1, notStarted: 1 });
  });
});

/** The next execution is to wait for what is left of it. */
const LIMIT_SECONDS = 3_600;

const PLAN = [
  { name: "bump" },
  { name: "approve", timeoutSeconds: LIMIT_SECONDS },
  { name: "close" },
];

/** How often the run of the storm is continued as new, at the least. */
const CONTINUATIONS = 2;

/** Those who send without a lull: so many processes of a service, with so many senders each. */
const PROCESSES = 3;
const SENDERS = 24;

/** Senders wait for as long as a slow machine may need. */
const REQUEST_SECONDS = PATIENCE_MS / 1_000;

const REPEATED = reported("approve", "open", "the same");
const EARLY = reported("close", "completed");
const LATE = reported("bump", "completed");

interface Storm {
  /** @returns how many of its events said something new */
  end(): Promise<number>;
}

/** Reports on the second step and, among that, what was reported before, or too early, or too late. */
function startStorm(world: LoomWorld): Storm {
  let sent = 0;
  let isOver = false;
  const send = async (engine: TemporalEngine): Promise<void> => {
    while (!isOver) {
      const noise = [REPEATED, EARLY, LATE].slice(0, sent++ % 4);
      const events = [...noise, reported("approve", "open")];
      const raised = events.map((event) => engine.raiseEvent(world.runId("one"), 1, event));
      expect((await Promise.all(raised)).at(-1)).toBe("accepted");
    }
  };
  const engines = [world.engine, ...Array.from({ length: PROCESSES - 1 }, () => another(world))];
  const senders = engines.flatMap((engine) => Array.from({ length: SENDERS }, () => send(engine)));
  return {
    async end() {
      isOver = true;
      await Promise.all(senders);
      return sent;
    },
  };
}

/** The engine of another process of the same service. */
function another({ engine: first }: LoomWorld): TemporalEngine {
  const { client, taskQueue } = first;
  const engine = createTemporalEngine({ client, taskQueue, requestSeconds: REQUEST_SECONDS });
  engine.connect(first.host());
  return engine;
}

/** How long the timers of an execution are, in seconds. */
function timersIn({ events }: History): number[] {
  return (events ?? []).flatMap(({ timerStartedEventAttributes: timer }) =>
    timer ? [Number(timer.startToFireTimeout?.seconds)] : [],
  );
}

function reported(step: string, status: StepStatus, eventId?: string): RunEvent {
  const call = { attempt: 1, kind: "do", step, number: 1 } as const;
  const at = new Date().toISOString();
  return { type: "step_reported", call, status, at, ...(eventId !== undefined && { eventId }) };
}

async function listed({ loom, migrationId }: LoomWorld) {
  const all = [];
  let cursor: string | undefined;
  do {
    const query = { limit: 500, ...(cursor !== undefined && { cursor }) };
    const page = await loom.listCandidates(migrationId, query);
    all.push(...page.candidates);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return all;
}

function isAtBump({ currentStep }: { readonly currentStep?: { readonly stepName: string } }) {
  return currentStep?.stepName === "bump";
}

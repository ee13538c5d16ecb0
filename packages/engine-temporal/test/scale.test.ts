import type { History } from "@temporalio/common/lib/proto-utils.js";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { given } from "./world/given.ts";
import { createLoomWorld, type LoomWorld, until } from "./world/loom.ts";
import { connectTemporal, type Temporal } from "./world/temporal.ts";
import { startWorker } from "./world/worker.ts";
import { TEST_TIMEOUT_MS } from "./world/patience.ts";

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
  test("a storm of events goes on over continue-as-new and loses none, nor a time limit", async () => {
    const steps = [{ name: "bump", timeoutSeconds: LIMIT_SECONDS }, { name: "approve" }];
    const world = await worldWithWorker({ steps });
    await world.start("one");
    await world.untilCalls("one", "1 do bump 1");
    const handle = temporal.client.workflow.getHandle(world.runId("one"));
    const { runId: first } = await handle.describe();
    const shown = vi.spyOn(world.store, "saveProgress");
    let sent = 0;
    const sendBurst = async () => {
      await Promise.all(Array.from({ length: BURST }, () => reportOpen(world)));
      sent += BURST;
      // Each event makes a view of its own, and so did the start.
      await until("the last event", () => shown.mock.lastCall?.[1].sequence === 1 + sent);
    };
    // The server does not continue a run in the moment in which a signal comes, so there is a lull now and then.
    while ((await handle.describe()).runId === first) {
      if (sent > 5_000) throw new Error("there was no continue-as-new");
      await sendBurst();
    }
    await sendBurst();
    const { memo } = await handle.describe();
    expect(memo).toMatchObject({ attempt: 1, candidateId: "one", phase: "running" });
    await until("what is left of the time limit", async () => {
      const [left = 0] = timersIn(await handle.fetchHistory());
      return left > 0 && left < LIMIT_SECONDS;
    });
    await world.report("one", 1);
    await world.report("one", 2);
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

/** Many enough for the moment to continue to come in the middle of some. */
const BURST = 200;

/** The next execution is to wait for what is left of it. */
const LIMIT_SECONDS = 3_600;

/** How long the timers of an execution are, in seconds. */
function timersIn({ events }: History): number[] {
  return (events ?? []).flatMap(({ timerStartedEventAttributes: timer }) =>
    timer ? [Number(timer.startToFireTimeout?.seconds)] : [],
  );
}

function reportOpen(world: LoomWorld) {
  return world.report("one", 1, { phase: "open" });
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

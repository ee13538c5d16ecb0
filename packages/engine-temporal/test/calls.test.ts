import { createLoomWorker } from "@loom/engine-temporal/worker";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { given } from "./world/given.ts";
import { createLoomWorld, type LoomWorld, until } from "./world/loom.ts";
import { TEST_TIMEOUT_MS } from "./world/patience.ts";
import { connectTemporal, type Temporal } from "./world/temporal.ts";
import { workerOfTest } from "./world/worker-of-test.ts";

vi.setConfig({ testTimeout: TEST_TIMEOUT_MS, hookTimeout: TEST_TIMEOUT_MS });

let temporal: Temporal;
beforeAll(async () => {
  temporal = await connectTemporal(given());
});
afterAll(() => temporal.close());

describe("a call that takes long", () => {
  test("is left to its worker beyond the heartbeat timeout, as the worker says that it lives", async () => {
    const world = await createLoomWorld(temporal, { heartbeatSeconds: HEARTBEAT_SECONDS });
    let answer = () => {};
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    world.migrators.answer(async () => {
      await answered;
      return { type: "accepted" };
    });
    await workerOfTest(temporal, world);
    await world.start("one");
    // By the server's own clock, so that a machine that is too busy for a heartbeat only makes it last longer.
    await until("a call that has outlived the heartbeat timeout", async () => {
      const lived = await secondsLived(world);
      return lived > HEARTBEAT_SECONDS;
    });
    answer();
    await world.report("one", 1);
    await until("the next call", () => world.migrators.calls("one").includes("1 do approve 1"));
    const ids = world.migrators.received.map(({ dispatchId }) => dispatchId);
    expect(new Set(ids).size).toBe(2);
  });

  test("is waited for by a worker that shuts down", async () => {
    const world = await createLoomWorld(temporal, { callSeconds: 77 });
    const connection = await temporal.connectWorker();
    onTestFinished(() => connection.close());
    const workflowBundle = { codePath: temporal.bundlePath };
    const worker = await createLoomWorker(world.engine, { connection, workflowBundle });
    expect(worker.options.shutdownGraceTimeMs).toBe(77_000);
    await worker.runUntil(async () => {});
  });
});

describe("a run that was begun with times that make no sense", () => {
  test("goes on with the usual ones", async () => {
    const client = temporal.clientWith({
      interceptors: {
        workflow: [
          {
            start: (input, next) => {
              const [first] = input.options.args ?? [];
              const timing = NONSENSE[input.options.workflowId.split("__")[1] ?? ""];
              const args = [{ ...(first as object), timing }];
              return next({ ...input, options: { ...input.options, args } });
            },
          },
        ],
      },
    });
    const world = await createLoomWorld(temporal, { client, steps: [{ name: "bump" }] });
    await workerOfTest(temporal, world);
    const ids = Object.keys(NONSENSE);
    await world.start(...ids);
    for (const id of ids) {
      await world.report(id, 1);
      await world.untilStatus(id, "completed");
      expect([id, await limitsOf(world, id)]).toEqual([id, { call: 120, heartbeat: 20 }]);
    }
  });
});

const HEARTBEAT_SECONDS = 2;

/** As a service might have come to them; JSON makes `null` of what is no number. */
const NONSENSE: Readonly<Record<string, unknown>> = {
  zero: { callSeconds: 0, heartbeatSeconds: 0 },
  negative: { callSeconds: -5, heartbeatSeconds: -1 },
  "no-number": { callSeconds: Number.NaN, heartbeatSeconds: Infinity },
  text: { callSeconds: "soon", heartbeatSeconds: "often" },
  nothing: {},
  absent: undefined,
};

/** How long the call under way had lived at its last sign of life. */
async function secondsLived(world: LoomWorld): Promise<number> {
  const { raw } = await temporal.client.workflow.getHandle(world.runId("one")).describe();
  const [call] = raw.pendingActivities ?? [];
  const { lastHeartbeatTime, lastStartedTime } = call ?? {};
  return Number(lastHeartbeatTime?.seconds ?? 0) - Number(lastStartedTime?.seconds ?? Infinity);
}

/** The time limits that the call of a run had, in seconds. */
async function limitsOf(world: LoomWorld, id: string) {
  const { events } = await temporal.client.workflow.getHandle(world.runId(id)).fetchHistory();
  const [call] = (events ?? []).flatMap((each) => each.activityTaskScheduledEventAttributes ?? []);
  return {
    call: Number(call?.startToCloseTimeout?.seconds),
    heartbeat: Number(call?.heartbeatTimeout?.seconds),
  };
}

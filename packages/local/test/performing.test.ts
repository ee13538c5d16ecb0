import type { Store, StoredRun } from "@loom/core";
import { LoomError } from "@loom/core";
import { INTERPRETER_VERSION } from "@loom/core/run";
import { describe, expect, test } from "vitest";
import { ACCEPTED, createWorld, DOWN, reported } from "./engine-world.ts";

const PLAN = [{ name: "bump" }, { name: "approve" }];

describe("the in-process engine", () => {
  test("makes no more calls at once than it may in all, and makes them all", async () => {
    const world = await createWorld();
    for (const app of ["a", "b"]) await world.announce(app);
    let underWay = 0;
    let most = 0;
    world.answer(async () => {
      most = Math.max(most, ++underWay);
      await new Promise<void>((resume) => world.clock.after(100, resume));
      underWay--;
      return ACCEPTED;
    });
    const engine = await world.open({ concurrency: 3, concurrencyPerApp: 2 });
    const ids = Array.from({ length: 20 }, (_, n) => `c${n}`);
    for (const [n, id] of ids.entries())
      await engine.startRun(
        await world.claim(id, [{ name: "bump", migratorApp: "ab"[n % 2] ?? "" }]),
      );
    await world.clock.advance(1_000);
    expect(most).toBe(3);
    expect(world.calls.map(({ candidateId }) => candidateId)).toEqual(ids);
  });

  test("pauses twice as long after each call that misses, and as long as the migrator asks", async () => {
    const world = await createWorld();
    world.answer(() =>
      world.calls.length === 3
        ? { ...DOWN, type: "unavailable", error: "", retryAfterMs: 90_000 }
        : DOWN,
    );
    const engine = await world.open();
    await engine.startRun(await world.claim("one", PLAN));
    await world.clock.advance(600_000);
    const seconds = world.calls.map(({ at }) => at / 1_000);
    expect(seconds).toEqual([0, 1, 3, 93, 101, 117, 149, 209]);
  });

  test("spreads its pauses by chance", async () => {
    const world = await createWorld();
    world.answer(() => DOWN);
    const engine = await world.open({ random: () => 0.8 });
    await engine.startRun(await world.claim("one", PLAN));
    await world.clock.advance(2_500);
    expect(world.calls.map(({ at }) => at)).toEqual([0, 800, 2_400]);
  });

  test("fails a silent step at its time, and not before", async () => {
    const world = await createWorld();
    const engine = await world.open();
    const run = await world.claim("one", [{ name: "bump", timeoutSeconds: 86_400 }]);
    const status = async () =>
      (await world.store.getRun({ ...run, candidateId: "one" }))?.currentStep?.status;
    await engine.startRun(run);
    await world.clock.advance(86_399_000);
    expect(await status()).toBe("in_progress");
    await world.clock.advance(1_100);
    expect(await status()).toBe("failed");
  });

  test("leaves no timer behind when a step ends in time", async () => {
    const world = await createWorld();
    const engine = await world.open();
    const run = await world.claim("one", [{ name: "bump", timeoutSeconds: 86_400 }, { name: "b" }]);
    await engine.startRun(run);
    await world.clock.advance(10);
    await engine.raiseEvent(run.runId, 1, reported("bump", "completed"));
    await world.clock.advance(10);
    expect(world.calls.length).toBe(2);
    expect(await world.store.nextDueAt()).toBe(null);
  });

  test("keeps its lease on a call that takes long", async () => {
    const world = await createWorld();
    world.answer(() => new Promise(() => {}));
    const first = await world.open();
    await world.open();
    await first.startRun(await world.claim("one", PLAN));
    await world.clock.advance(3_600_000);
    expect(world.calls.length).toBe(1);
  });

  test("makes no call beside itself when it fails to keep its lease", async () => {
    const world = await createWorld();
    world.answer(() => new Promise(() => {}));
    const renewLeases = () => Promise.reject(new LoomError("store_unavailable", "down"));
    const engine = await world.open({}, { renewLeases });
    await engine.startRun(await world.claim("one", PLAN));
    await world.clock.advance(600_000);
    expect(world.calls.length).toBe(1);
    expect(world.log).toContain("leases could not be renewed");
  });

  test("takes over when another has lost its lease, not before", async () => {
    const world = await createWorld();
    world.answer(() => new Promise(() => {}));
    const dead = await world.open(
      {},
      {
        renewLeases: async () => {},
        leaseDue: onceOnly((request) => world.store.leaseDue(request)),
      },
    );
    await dead.startRun(await world.claim("one", PLAN));
    await world.clock.advance(10);
    world.answer(() => ACCEPTED);
    await world.open();
    await world.clock.advance(59_000);
    expect(world.calls.length).toBe(1);
    await world.clock.advance(2_000);
    expect(world.calls.length).toBe(2);
    expect(new Set(world.calls.map(({ dispatchId }) => dispatchId)).size).toBe(1);
  });

  test("leaves a run of a newer Loom alone, and goes on with the others", async () => {
    const world = await createWorld();
    const foreign = await world.claim("foreign", PLAN);
    const newer = ({ state, version }: StoredRun) => ({
      version,
      state: { ...state, interpreterVersion: INTERPRETER_VERSION + 1 },
    });
    const engine = await world.open(
      {},
      {
        async loadRun(runId, attempt) {
          const stored = await world.store.loadRun(runId, attempt);
          return stored && runId === foreign.runId ? newer(stored) : stored;
        },
      },
    );
    await engine.startRun(foreign);
    await engine.startRun(await world.claim("own", PLAN));
    await world.clock.advance(30_000);
    expect(world.calls.map(({ candidateId }) => candidateId)).toEqual(["own"]);
    const raised = engine.raiseEvent(foreign.runId, 1, reported("bump", "completed"));
    await expect(raised).rejects.toSatisfy((error) => LoomError.is(error, "engine_unavailable"));
    await engine.close();
    await world.open();
    await world.clock.advance(10);
    expect(world.calls.map(({ candidateId }) => candidateId)).toEqual(["own", "foreign"]);
  });

  test("goes on after the store failed while it looked for work", async () => {
    const world = await createWorld();
    let isDown = true;
    const engine = await world.open(
      {},
      {
        leaseDue: async (request) => {
          if (isDown) throw new LoomError("store_unavailable", "down");
          return world.store.leaseDue(request);
        },
      },
    );
    await engine.startRun(await world.claim("one", PLAN));
    await world.clock.advance(5_000);
    expect(world.calls).toEqual([]);
    expect(world.log).toContain("due work could not be read; it will be looked for again");
    isDown = false;
    await world.clock.advance(1_100);
    expect(world.calls.length).toBe(1);
  });

  test("repeats a call whose outcome could not be kept, after a pause, under the same dispatch id", async () => {
    const world = await createWorld();
    let failures = 2;
    const engine = await world.open(
      {},
      {
        commitRun: async (commit) => {
          if (commit.expectedVersion > 0 && failures-- > 0)
            throw new LoomError("store_unavailable", "down");
          return world.store.commitRun(commit);
        },
      },
    );
    await engine.startRun(await world.claim("one", PLAN));
    await world.clock.advance(30_000);
    expect(world.calls.map(({ at }) => at)).toEqual([0, 5_000, 10_000]);
    expect(new Set(world.calls.map(({ dispatchId }) => dispatchId)).size).toBe(1);
  });

  test("gives back on close what it had set aside, so that another may have it at once", async () => {
    const world = await createWorld();
    let isDown = false;
    const engine = await world.open(
      { pauseMs: 50_000 },
      {
        commitRun: async (commit) => {
          if (isDown) throw new LoomError("store_unavailable", "down");
          return world.store.commitRun(commit);
        },
      },
    );
    await engine.startRun(await world.claim("one", PLAN));
    isDown = true;
    await world.clock.advance(10);
    await engine.close();
    await world.open();
    await world.clock.advance(10);
    expect(world.calls.length).toBe(2);
  });

  test("begins nothing that it was still asking for when it was closed", async () => {
    const world = await createWorld();
    let answer = () => {};
    const asked = new Promise<void>((resume) => {
      answer = resume;
    });
    const leaseDue: Store["leaseDue"] = async (request) => {
      const entries = await world.store.leaseDue(request);
      await asked;
      return entries;
    };
    const opened = await world.open();
    await opened.close();
    await opened.startRun(await world.claim("one", PLAN));
    const engine = await world.open({}, { leaseDue });
    const closing = engine.close();
    answer();
    await closing;
    expect(world.calls).toEqual([]);
    await world.open();
    await world.clock.advance(10);
    expect(world.calls.length).toBe(1);
  });

  test("takes starts and events before it is open, and performs them then", async () => {
    const world = await createWorld();
    const closed = await world.open();
    await closed.close();
    const run = await world.claim("one", PLAN);
    await closed.startRun(run);
    expect(await closed.raiseEvent(run.runId, 1, reported("bump", "completed"))).toBe("accepted");
    await world.clock.advance(5_000);
    expect(world.calls).toEqual([]);
    await closed.open();
    await world.clock.advance(10);
    expect(world.calls.length).toBe(1);
    expect(world.calls[0]?.dispatchId).toContain("approve");
  });
});

/** Lets a method be called with an effect until it has given something, and then no more. */
function onceOnly(method: Store["leaseDue"]): Store["leaseDue"] {
  let isSpent = false;
  return async (request) => {
    const found = isSpent ? [] : await method(request);
    isSpent ||= found.length > 0;
    return found;
  };
}

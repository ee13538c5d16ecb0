import type { CallOutcome, ExecutionEngine } from "@loom/core";
import { describe, expect, test } from "vitest";
import { ACCEPTED, type Call, createWorld, DOWN, reported, type World } from "./engine-world.ts";

const SILENT = [{ name: "silent", migratorApp: "silent" }];
const SWIFT = [
  { name: "swift", migratorApp: "swift" },
  { name: "swifter", migratorApp: "swift" },
];
const AT = "2030-01-01T00:00:00.000Z";

/** More than the engine may call at once, in all. */
const MANY = 300;

const idsOf = (count: number) => Array.from({ length: count }, (_, n) => `c${n}`);
const callsOf = (world: World, step: string) => world.calls.filter((call) => call.step === step);
const CANCEL = { type: "cancel_requested", attempt: 1, at: AT, by: "ada" } as const;

async function startAll(world: World, engine: ExecutionEngine, count = MANY): Promise<void> {
  for (const id of idsOf(count)) await engine.startRun(await world.claim(id, SILENT));
}

/** A world with two migrators: `silent` answers as it is told, at first never, and `swift` at once. */
async function twoMigrators() {
  const world = await createWorld();
  let silent = (_call: Call): CallOutcome | Promise<CallOutcome> => new Promise(() => {});
  world.answer((call) => (call.step === "silent" ? silent(call) : ACCEPTED));
  await world.announce("silent");
  await world.announce("swift");
  return {
    ...world,
    answerSilent(script: typeof silent) {
      silent = script;
    },
  };
}

describe("a migrator that does not answer", () => {
  test("delays no other: its runs are dispatched and end while it is silent", async () => {
    const world = await twoMigrators();
    const engine = await world.open();
    await startAll(world, engine);
    await world.clock.advance(0);
    const run = await world.claim("other", SWIFT);
    await engine.startRun(run);
    for (const { name } of SWIFT) {
      await world.clock.advance(5_000);
      expect(callsOf(world, name).map(({ candidateId }) => candidateId)).toEqual(["other"]);
      await engine.raiseEvent(run.runId, 1, reported(name, "completed"));
    }
    const ended = await world.store.getRun({ ...run, candidateId: "other" });
    expect(ended?.phase).toBe("finished");
    expect(callsOf(world, "silent")).toHaveLength(64);
  });

  test("delays no other that was due after all of its own", async () => {
    const world = await twoMigrators();
    const closed = await world.open();
    await closed.close();
    await startAll(world, closed);
    await closed.startRun(await world.claim("other", SWIFT));
    await world.open();
    await world.clock.advance(5_000);
    expect(callsOf(world, "swift")).toHaveLength(1);
  });

  test("delays no timer", async () => {
    const world = await twoMigrators();
    const engine = await world.open();
    const timed = [{ name: "swift", migratorApp: "swift", timeoutSeconds: 60 }];
    const run = await world.claim("timed", timed);
    await engine.startRun(run);
    await startAll(world, engine);
    await world.clock.advance(65_000);
    const found = await world.store.getRun({ ...run, candidateId: "timed" });
    expect(found?.currentStep?.status).toBe("failed");
  });

  test("has each of its calls made once, by two engines over one store", async () => {
    const world = await twoMigrators();
    world.answerSilent(async () => {
      await new Promise<void>((resume) => world.clock.after(30_000, resume));
      return ACCEPTED;
    });
    const engine = await world.open();
    await world.open();
    await startAll(world, engine);
    await world.clock.advance(600_000);
    const dispatched = world.calls.map(({ dispatchId }) => dispatchId);
    expect(dispatched).toHaveLength(MANY);
    expect(new Set(dispatched).size).toBe(MANY);
  });

  test("has all its calls made once it answers again", async () => {
    const world = await twoMigrators();
    const waiting: (() => void)[] = [];
    world.answerSilent(async () => {
      await new Promise<void>((resume) => waiting.push(resume));
      return ACCEPTED;
    });
    const engine = await world.open();
    await startAll(world, engine);
    await world.clock.advance(300_000);
    expect(world.calls).toHaveLength(64);
    world.answerSilent(() => ACCEPTED);
    for (const resume of waiting) resume();
    await world.clock.advance(120_000);
    expect(world.calls).toHaveLength(MANY);
    expect(await world.store.nextDueAt()).toBe(null);
  });

  test("is called as often as it can be soon after it answers again", async () => {
    const world = await twoMigrators();
    const waiting: (() => void)[] = [];
    world.answerSilent(async () => {
      await new Promise<void>((resume) => waiting.push(resume));
      return ACCEPTED;
    });
    const engine = await world.open();
    await startAll(world, engine, 2_000);
    await world.clock.advance(10_000);
    world.answerSilent(() => ACCEPTED);
    for (const resume of waiting) resume();
    await world.clock.advance(3_000);
    expect(world.calls).toHaveLength(2_000);
  });

  test("is given up on after as many tries as any other, and no more", async () => {
    const world = await twoMigrators();
    world.answerSilent(async () => {
      await new Promise<void>((resume) => world.clock.after(30_000, resume));
      return DOWN;
    });
    const engine = await world.open({ concurrency: 4, concurrencyPerApp: 3 });
    await startAll(world, engine, 10);
    await world.clock.advance(7_200_000);
    const tries = idsOf(10).map(
      (id) => world.calls.filter(({ candidateId }) => candidateId === id).length,
    );
    expect(tries).toEqual(idsOf(10).map(() => 8));
  });

  test("does not keep a cancelled run open that it was never called for", async () => {
    const world = await twoMigrators();
    const engine = await world.open();
    await startAll(world, engine);
    await world.clock.advance(10_000);
    const called = new Set(world.calls.map(({ candidateId }) => candidateId));
    const candidateId = idsOf(MANY).find((id) => !called.has(id)) ?? "";
    const ref = { migrationId: "charts", candidateId };
    await engine.cancelRun(`charts__${candidateId}`, 1, CANCEL);
    await world.clock.advance(120_000);
    expect((await world.store.getCandidate(ref))?.status).toBe("not_started");
    expect(world.calls).toHaveLength(64);
  });

  test("gives what was put off for it to another engine when its own is closed", async () => {
    const world = await twoMigrators();
    const accept: (() => void)[] = [];
    world.answerSilent(async () => {
      await new Promise<void>((resume) => accept.push(resume));
      return ACCEPTED;
    });
    const engine = await world.open();
    await startAll(world, engine);
    await world.clock.advance(10_000);
    const closing = engine.close();
    for (const resume of accept) resume();
    await closing;
    world.answerSilent(() => ACCEPTED);
    await world.open();
    await world.clock.advance(0);
    expect(world.calls).toHaveLength(MANY);
  });

  test("gives what waited for it to another engine when its own is closed", async () => {
    const world = await twoMigrators();
    const accept: (() => void)[] = [];
    world.answerSilent(async () => {
      await new Promise<void>((resume) => accept.push(resume));
      return ACCEPTED;
    });
    const engine = await world.open({ concurrency: 4, concurrencyPerApp: 2 });
    await startAll(world, engine, 4);
    await world.clock.advance(0);
    let isClosed = false;
    const close = async () => {
      await engine.close();
      isClosed = true;
    };
    const closing = close();
    await world.clock.advance(0);
    await world.open();
    await world.clock.advance(0);
    expect(world.calls.map(({ candidateId }) => candidateId)).toEqual(idsOf(4));
    expect(isClosed).toBe(false);
    for (const resume of accept) resume();
    await closing;
  });
});

describe("the share of an app", () => {
  /** Answers after a while, and counts how many calls of each step were ever under way at once. */
  function counting(world: World, milliseconds: number): ReadonlyMap<string, number> {
    const underWay = new Map<string, number>();
    const most = new Map<string, number>();
    world.answer(async ({ step }) => {
      const now = (underWay.get(step) ?? 0) + 1;
      underWay.set(step, now);
      most.set(step, Math.max(now, most.get(step) ?? 0));
      await new Promise<void>((resume) => world.clock.after(milliseconds, resume));
      underWay.set(step, (underWay.get(step) ?? 0) - 1);
      return ACCEPTED;
    });
    return most;
  }

  test.each([
    [{ concurrency: 5, concurrencyPerApp: 2 }, 2],
    [{ concurrency: 5, concurrencyPerApp: 5 }, 5],
    [{ concurrency: 8 }, 6],
    [{ concurrency: 2 }, 1],
    [{ concurrency: 1 }, 1],
    [{ concurrency: 1_000 }, 64],
    [{}, 64],
  ])(
    "with %j is never more than %i of its calls at once, and all are made",
    async (options, share) => {
      const world = await createWorld();
      const most = counting(world, 3_000);
      const engine = await world.open(options);
      const ids = idsOf(100);
      for (const id of ids) await engine.startRun(await world.claim(id, [{ name: "bump" }]));
      await world.clock.advance(1_200_000);
      expect(most.get("bump")).toBe(share);
      expect(world.calls.map(({ candidateId }) => candidateId).toSorted()).toEqual(ids.toSorted());
    },
  );

  test("is used to the full, in order, by a migrator that is busy and alone", async () => {
    const world = await createWorld();
    counting(world, 100);
    const engine = await world.open({ concurrency: 4, concurrencyPerApp: 3 });
    const ids = idsOf(30);
    for (const id of ids) await engine.startRun(await world.claim(id, [{ name: "bump" }]));
    await world.clock.advance(30_000);
    expect(world.calls.map(({ candidateId }) => candidateId)).toEqual(ids);
    expect(world.calls.at(-1)?.at).toBe(900);
  });

  test("is one for all steps that come to it, also those that name nobody or somebody unknown", async () => {
    const world = await createWorld();
    world.answer(() => new Promise(() => {}));
    const engine = await world.open({ concurrency: 6, concurrencyPerApp: 2 });
    const plans = [undefined, "charts", "unknown", "unknown too"];
    for (const [n, migratorApp] of plans.entries()) {
      const step = { name: "bump", ...(migratorApp !== undefined && { migratorApp }) };
      await engine.startRun(await world.claim(`c${n}`, [step]));
    }
    await world.clock.advance(60_000);
    expect(world.calls).toHaveLength(2);
  });
});

import type { ExecutionEngine, Store } from "@loom/core";
import { LoomError } from "@loom/core";
import { expect, test } from "vitest";
import { createMemoryStore } from "../../src/index.ts";
import {
  billing,
  engineThatIsDown,
  inputs,
  MIGRATION,
  openLoom,
  outcome,
  plan,
  report,
  until,
  untilStatus,
} from "./harness.ts";

/** A store whose writes of one kind can be made to fail. */
function storeThatFails(...names: (keyof Store)[]) {
  const store = createMemoryStore();
  let isDown = false;
  const failing = Object.fromEntries(
    names.map((name) => [
      name,
      async (...args: never[]) => {
        if (isDown) throw new LoomError("store_unavailable", "connection terminated");
        return (store[name] as (...given: never[]) => Promise<unknown>)(...args);
      },
    ]),
  );
  return {
    store: { ...store, ...failing },
    goesDown: () => {
      isDown = true;
    },
    comesUp: () => {
      isDown = false;
    },
  };
}

test("a claim that is being cancelled is not driven on: the start is refused, never answered and lost", async () => {
  const { engine, comesUp } = engineThatIsDown();
  const late: (() => void)[] = [];
  let isLate = false;
  const memory = createMemoryStore();
  const store: Store = {
    ...memory,
    commitRun: async (commit) => {
      if (isLate) await new Promise<void>((resume) => late.push(resume));
      return memory.commitRun(commit);
    },
  };
  const loopHost: ExecutionEngine = { ...engine, cancelRun: async () => "accepted" };
  const { loom } = await openLoom([{ id: "billing" }], { engine: loopHost, store });
  expect(await outcome(loom.start(billing, { inputs }))).toBe("engine_unavailable");
  comesUp();
  isLate = true;
  await loom.cancel(billing);
  expect(await loom.getCandidate(billing)).toMatchObject({ phase: "cancelling" });
  expect(await outcome(loom.start(billing, { inputs }))).toBe("run_closing");
  await loom.close();
});

test("the same start again drives a claim on also when the store could not be told that it was not delivered", async () => {
  const { engine, comesUp } = engineThatIsDown();
  const { store, goesDown, comesUp: storeIsBack } = storeThatFails("markUndelivered");
  const { loom, call } = await openLoom([{ id: "billing" }], { engine, store });
  goesDown();
  expect(await outcome(loom.start(billing, { inputs }))).toBe("engine_unavailable");
  storeIsBack();
  comesUp();
  expect(await loom.start(billing, { inputs })).toMatchObject({ attempt: 1 });
  expect((await call(1)).attempt).toBe(1);
  await loom.close();
});

test("inputs given to a claim that its engine has not got yet are those that it starts with", async () => {
  const { engine, comesUp } = engineThatIsDown();
  const { loom, call } = await openLoom([{ id: "billing" }], { engine });
  await outcome(loom.start(billing, { inputs: { version: "wrong" } }));
  expect(await outcome(loom.updateInputs(billing, { version: "better" }))).toBe(
    "engine_unavailable",
  );
  comesUp();
  expect(await loom.start(billing, { inputs: { version: "right" } })).toMatchObject({ attempt: 1 });
  expect((await call(1)).inputs).toEqual({ version: "right" });
  await loom.close();
});

test("of inputs that are edited at once none is lost", async () => {
  const requiredInputs = ["x", "y", "z"].map((name) => ({ name, label: name, optional: true }));
  const { loom, call } = await openLoom([{ id: "billing" }], {
    announcement: { ...plan, requiredInputs },
  });
  await loom.queue(billing, { inputs: { x: "0" } });
  await Promise.all([
    loom.updateInputs(billing, { x: "1" }),
    loom.updateInputs(billing, { y: "2" }),
    loom.updateInputs(billing, { z: "3" }),
  ]);
  await loom.execute(billing);
  expect((await call(1)).inputs).toEqual({ x: "1", y: "2", z: "3" });
  await loom.close();
});

test("inputs edited while the run is executed are used from the next dispatch at the latest", async () => {
  const requiredInputs = [{ name: "x", label: "x", optional: true }];
  for (let turns = 0; turns < 20; turns++) {
    const { loom, call } = await openLoom([{ id: "billing" }], {
      announcement: { ...plan, requiredInputs },
    });
    await loom.queue(billing, { inputs: { x: "old" } });
    const executed = loom.execute(billing);
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    await loom.updateInputs(billing, { x: "new" });
    await executed;
    await report(loom, await call(1));
    expect((await call(2)).inputs).toEqual({ x: "new" });
    await loom.close();
  }
});

test("an empty input meets nothing, also where the metadata had a value", async () => {
  const { loom } = await openLoom([{ id: "billing", metadata: { version: "1.0.0" } }]);
  expect(await outcome(loom.start(billing, { inputs: { version: "" } }))).toBe("missing_inputs");
  expect(await outcome(loom.start(billing))).toBe("ok");
  await loom.close();
});

test("what the operator gave is gone from the store when the run has ended", async () => {
  const { loom, store, call } = await openLoom();
  await loom.start(billing, { inputs: { version: "a secret" } });
  await report(loom, await call(1));
  await report(loom, await call(2));
  await untilStatus(loom, "billing", "completed");
  const kept = [await store.getCandidate(billing), await store.getRun(billing)];
  expect(JSON.stringify(kept)).not.toContain("a secret");
  await loom.close();
});

test("an action that was done is answered as done, also when its line of history cannot be written", async () => {
  const { store, goesDown } = storeThatFails("appendHistory");
  const { loom, call } = await openLoom([{ id: "billing" }], { store });
  await loom.start(billing, { inputs });
  await report(loom, await call(1), { success: false, error: "no" });
  goesDown();
  expect(await outcome(loom.retryStep(billing, { stepName: "bump" }))).toBe("ok");
  expect((await call(2)).stepAttempt).toBe(2);
  await loom.close();
});

test("a late click on a retry that somebody else made is told that the step-attempt is stale", async () => {
  const { loom, call } = await openLoom();
  await loom.start(billing, { inputs });
  await report(loom, await call(1), { success: false, error: "no" });
  await loom.retryStep(billing, { stepName: "bump", stepAttempt: 1 });
  await call(2);
  const late = loom.retryStep(billing, { stepName: "bump", stepAttempt: 1 });
  await expect(late).rejects.toMatchObject({ code: "stale_attempt", details: { stepAttempt: 2 } });
  await loom.close();
});

test("an app speaks in a preview for its own steps only", async () => {
  const { loom, migrators } = await openLoom([{ id: "billing" }], {
    announcement: { ...plan, steps: [{ name: "a" }, { name: "b", migratorApp: "topics" }] },
  });
  await loom.announce({ ...plan, id: "topic-rename", migratorApp: "topics" });
  migrators.dryRun = async ({ app }) => ({
    steps: ["a", "b"].map((stepName) => ({ stepName, skipped: false, error: `from ${app}` })),
  });
  expect((await loom.dryRun(billing)).steps.map(({ error }) => error)).toEqual([
    "from charts",
    "from topics",
  ]);
  await loom.close();
});

test("a closed Loom refuses everything, and a close waits for calls under way", async () => {
  const { loom, migrators } = await openLoom();
  let answer: (() => void) | undefined;
  migrators.dryRun = () =>
    new Promise((resolve) => {
      answer = () => resolve({ steps: [] });
    });
  const preview = loom.dryRun(billing);
  while (!answer) await new Promise((resume) => setTimeout(resume, 1));
  let isClosed = false;
  const closing = loom.close().then(() => (isClosed = true));
  await new Promise((resume) => setTimeout(resume, 20));
  expect(isClosed).toBe(false);
  answer();
  await Promise.all([preview, closing]);
  expect(await outcome(loom.start(billing, { inputs }))).toBe("engine_unavailable");
  expect(await outcome(loom.open())).toBe("engine_unavailable");
  expect(await outcome(loom.ready())).toBe("engine_unavailable");
  expect(await outcome(loom.close())).toBe("ok");
});

test("a report that comes while Loom closes is taken: its migrator may report before it answers", async () => {
  const { loom, store, call, answerWith } = await openLoom();
  let answer: (() => void) | undefined;
  answerWith(
    () =>
      new Promise((resolve) => {
        answer = () => resolve({ type: "accepted" });
      }),
  );
  await loom.start(billing, { inputs });
  const first = await call(1);
  const closing = loom.close();
  expect(await report(loom, first, { phase: "merged" })).toEqual({ status: "accepted" });
  answer?.();
  await closing;
  const run = await store.getRun({ migrationId: MIGRATION, candidateId: "billing" });
  expect(run?.progress?.steps).toMatchObject([{ status: "merged" }, { status: "in_progress" }]);
});

test("a secret input that a migrator quotes in an error is not shown", async () => {
  const requiredInputs = [{ name: "token", label: "Token", secret: true }];
  const { loom, call, answerWith, migrators } = await openLoom([{ id: "billing" }], {
    announcement: { ...plan, requiredInputs },
  });
  migrators.dryRun = async () => ({
    steps: [{ stepName: "bump", skipped: false, error: "s3cret is no token" }],
  });
  const { steps } = await loom.dryRun(billing, { inputs: { token: "s3cret" } });
  expect(steps[0]?.error).toBe("••• is no token");
  const shown = async () => (await loom.getCandidate(billing)).currentStep?.error;
  await loom.start(billing, { inputs: { token: "s3cret" } });
  await report(loom, await call(1), { success: false, error: "bad token s3cret" });
  expect(await shown()).toBe("bad token •••");
  answerWith(() => ({ type: "refused", error: "s3cret? no: s3cret" }));
  await loom.retryStep(billing, { stepName: "bump" });
  await until(async () => (await shown()) === "•••? no: •••");
  await loom.close();
});

import type { ExecutionEngine, Store } from "@loom/core";
import { expect, test } from "vitest";
import { createLocalEngine, createMemoryStore } from "../../src/index.ts";
import { billing, inputs, openLoom, report, untilStatus } from "./harness.ts";

/** An engine with a name, as those have that keep their runs outside of Loom's store. @param store where it keeps them */
function engineAt(name: string, store: Store): ExecutionEngine {
  const engine = createLocalEngine({ pollMs: 20 });
  return { ...engine, name, connect: (host) => engine.connect({ ...host, store }) };
}

const WHERE = "began in temporal/default, and this Loom works with temporal/staging";

/** A run in `temporal/default`, waiting for a report, and a Loom over the same store with an engine that does not know it. */
async function moved(engine = engineAt("temporal/staging", createMemoryStore())) {
  const store = createMemoryStore();
  const home = await openLoom([{ id: "billing" }], {
    store,
    engine: engineAt("temporal/default", store),
  });
  await home.loom.start(billing, { inputs });
  const bump = await home.call(1);
  const { loom: away } = await openLoom([], { store, engine });
  return { home, bump, away };
}

test("a recovery leaves alone what began in another engine, and counts it as failed", async () => {
  const { home, bump, away } = await moved();
  expect(await away.recover()).toEqual({ started: 0, closed: 0, failed: 1 });
  await report(home.loom, bump);
  await report(home.loom, await home.call(2));
  expect(await untilStatus(home.loom, "billing", "completed")).toMatchObject({ attempt: 1 });
  expect(await away.recover()).toEqual({ started: 0, closed: 0, failed: 0 });
});

test("nobody changes a run by a Loom whose engine does not know it, and each is told where it began", async () => {
  const { home, bump, away } = await moved();
  const operator = { stepName: "bump", candidateId: "billing", success: true };
  const attempts = {
    cancel: () => away.cancel(billing),
    undo: () => away.cancel(billing, { compensate: true }),
    inputs: () => away.updateInputs(billing, { version: "3" }),
    review: () => away.reportStep("chart-upgrade__billing", operator),
    report: () => report(away, bump),
  };
  for (const [name, attempt] of Object.entries(attempts)) {
    const refusal = await attempt().catch((thrown: unknown) => thrown);
    expect({ name, refusal }).toMatchObject({
      name,
      refusal: { code: "engine_unavailable", message: expect.stringContaining(WHERE) },
    });
  }
  expect(await home.loom.getSteps(billing)).toMatchObject({ status: "running", phase: "running" });
  expect(await report(home.loom, bump)).toEqual({ status: "accepted" });
});

test("a step that failed is not retried elsewhere", async () => {
  const { home, bump, away } = await moved();
  await report(home.loom, bump, { success: false, error: "no such chart" });
  await expect(away.retryStep(billing, { stepName: "bump" })).rejects.toMatchObject({
    code: "engine_unavailable",
  });
  await home.loom.retryStep(billing, { stepName: "bump" });
  expect(await home.call(2)).toMatchObject({ stepName: "bump", stepAttempt: 2 });
});

test("the in-process engine leaves alone what began in an engine of another kind", async () => {
  const { home, bump, away } = await moved(createLocalEngine({ pollMs: 20 }));
  expect(await away.recover()).toMatchObject({ closed: 0, failed: 1 });
  expect(await report(home.loom, bump)).toEqual({ status: "accepted" });
});

test("what began in process is left alone by an engine of another kind", async () => {
  const store = createMemoryStore();
  const { loom, call } = await openLoom([{ id: "billing" }], { store });
  await loom.start(billing, { inputs });
  const bump = await call(1);
  const engine = engineAt("temporal/default", createMemoryStore());
  const { loom: away } = await openLoom([], { store, engine });
  expect(await away.recover()).toMatchObject({ closed: 0, failed: 1 });
  await expect(away.cancel(billing)).rejects.toThrow("The run began in the in-process engine");
  expect(await report(loom, bump)).toEqual({ status: "accepted" });
});

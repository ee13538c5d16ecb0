import { type ExecutionEngine, LoomError, type MigrationManifest } from "@loom/core";
import { expect, test } from "vitest";
import { createLocalEngine } from "../../src/index.ts";
import { billing, inputs, MIGRATION, openLoom, outcome } from "./harness.ts";

/** An engine that never takes a run with that many characters of inputs; `isDown` keeps it from saying so. */
function engineWithLimit(mostCharacters: number) {
  const engine = createLocalEngine({ pollMs: 20 });
  const state = { isDown: false };
  const startRun = async (manifest: MigrationManifest): Promise<void> => {
    if (state.isDown) throw new Error("connection refused");
    if (JSON.stringify(manifest.inputs).length > mostCharacters)
      throw new LoomError("payload_too_large", "Too many inputs for this engine.");
    await engine.startRun(manifest);
  };
  return { state, engine: { ...engine, startRun } satisfies ExecutionEngine };
}

const TOO_LARGE = { version: "9".repeat(200) };

test("a start with more than its engine takes is refused, and leaves the candidate to be started with less", async () => {
  const { engine } = engineWithLimit(100);
  const { loom, call } = await openLoom([{ id: "billing" }], { engine });
  expect(await outcome(loom.start(billing, { inputs: TOO_LARGE }))).toBe("payload_too_large");
  expect(await loom.getCandidate(billing)).toMatchObject({ status: "not_started", attempt: 1 });
  const { cancelledAttempts } = await loom.listCancelledAttempts(MIGRATION);
  expect(cancelledAttempts).toMatchObject([
    { candidateId: "billing", attempt: 1, reason: "Too many inputs for this engine." },
  ]);
  expect(await loom.start(billing, { inputs })).toMatchObject({ attempt: 2 });
  expect((await call(1)).inputs).toEqual(inputs);
  await loom.close();
});

test("the recovery closes a claim with more than its engine takes", async () => {
  const { engine, state } = engineWithLimit(100);
  const { loom } = await openLoom([{ id: "billing" }], { engine });
  state.isDown = true;
  expect(await outcome(loom.start(billing, { inputs: TOO_LARGE }))).toBe("engine_unavailable");
  state.isDown = false;
  expect(await loom.recover()).toEqual({ started: 0, closed: 1, failed: 0 });
  expect((await loom.getCandidate(billing)).status).toBe("not_started");
  await loom.close();
});

test("a cancel of a claim with more than its engine takes frees the candidate", async () => {
  const { engine, state } = engineWithLimit(100);
  const { loom } = await openLoom([{ id: "billing" }], { engine });
  state.isDown = true;
  await outcome(loom.start(billing, { inputs: TOO_LARGE }));
  state.isDown = false;
  await loom.cancel(billing);
  expect((await loom.getCandidate(billing)).status).toBe("not_started");
  await loom.close();
});

test("a cancel frees a candidate whose claim its engine does not take, and does not know", async () => {
  const engine = createLocalEngine({ pollMs: 20 });
  let isInTheWay = true;
  const startRun = async (manifest: MigrationManifest): Promise<void> => {
    if (isInTheWay) throw new LoomError("engine_unavailable", "There is another.");
    await engine.startRun(manifest);
  };
  const { loom, call } = await openLoom([{ id: "billing" }], { engine: { ...engine, startRun } });
  expect(await outcome(loom.start(billing, { inputs }))).toBe("engine_unavailable");
  await loom.cancel(billing, { reason: "no use" });
  expect((await loom.getCandidate(billing)).status).toBe("not_started");
  const { cancelledAttempts } = await loom.listCancelledAttempts(MIGRATION);
  expect(cancelledAttempts).toMatchObject([{ attempt: 1, reason: "no use" }]);
  isInTheWay = false;
  await loom.start(billing, { inputs });
  expect((await call(1)).attempt).toBe(2);
  await loom.close();
});

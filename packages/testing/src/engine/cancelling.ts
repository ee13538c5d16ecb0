import type { CancelledAttempt, MigrationManifest } from "@loom/core";
import type { Runner } from "../runner.ts";
import type { EngineFixture, EngineTest } from "./fixture.ts";
import { ACCEPTED, createGate } from "./migrator.ts";
import { cancel, report, retry } from "./raise.ts";

const PLAN = [{ name: "bump" }, { name: "approve" }];
/** Two of its steps can be undone. */
const UNDOABLE = [
  { name: "first", compensable: true },
  { name: "second" },
  { name: "third", compensable: true },
];
const SLOW = { attempts: 9, initialSeconds: 3_600, maxSeconds: 3_600 };

export function cancelLaws({ expect }: Runner, test: EngineTest): void {
  const expectCancelled = async (t: EngineFixture, run: MigrationManifest) => {
    const { attempt } = run;
    expect(await t.untilOver(run)).toMatchObject({ status: "not_started", attempt });
    expect(await t.finishes(run)).toBe(attempt);
    const attempts = await cancelledAttempts(t, run);
    expect(attempts.map((each) => each.attempt)).toEqual(countdown(attempt));
    return attempts[0];
  };

  test("ends a run that waits, once, and records who and why", async (t) => {
    const run = await t.start("one", PLAN);
    await t.untilCalls(run, "1 do bump 1");
    expect(await cancel(t.engine, run, { reason: "wrong version" })).toBe("accepted");
    const recorded = await expectCancelled(t, run);
    expect(recorded).toMatchObject({
      runId: run.runId,
      cancelledBy: "ada",
      reason: "wrong version",
    });
    expect(await report(t.engine, run, "bump", "completed")).toBe("not_running");
    expect((await t.record(run))?.status).toBe("not_started");
    expect(t.calls(run)).toEqual(["1 do bump 1"]);
  });

  test("ends a run only after the call under way has settled", async (t) => {
    const gate = createGate();
    t.migrator.answer(async () => {
      await gate.passed;
      return ACCEPTED;
    });
    const run = await t.start("one", PLAN);
    await t.untilCalls(run, "1 do bump 1");
    await cancel(t.engine, run);
    await t.until("cancelling", async () => (await t.run(run))?.phase === "cancelling");
    expect([(await t.record(run))?.status, t.migrator.pending]).toEqual(["running", 1]);
    gate.open();
    await expectCancelled(t, run);
  });

  test("ends a run whose call waits to be repeated, without another call", async (t) => {
    t.migrator.answer(() => ({ type: "unavailable", error: "down" }));
    const run = await t.start("one", [{ name: "bump", dispatchRetry: SLOW }]);
    await t.untilCalls(run, "1 do bump 1");
    await cancel(t.engine, run);
    await expectCancelled(t, run);
    expect(t.calls(run)).toEqual(["1 do bump 1"]);
  });

  test("ends a run that is blocked", async (t) => {
    t.migrator.answer(() => ({ type: "refused", error: "no" }));
    const run = await t.start("one", PLAN);
    await t.untilStep(run, "failed");
    await cancel(t.engine, run);
    await expectCancelled(t, run);
  });

  test("ends a run once, though many cancel at once", async (t) => {
    const run = await t.start("one", PLAN);
    await Promise.all(Array.from({ length: 16 }, () => cancel(t.engine, run)));
    await expectCancelled(t, run);
    await cancel(t.engine, run);
    await expectCancelled(t, run);
  });

  test("undoes what can be undone, the last first, one at a time, when asked to", async (t) => {
    const run = await atThird(t);
    await report(t.engine, run, "third", "open", { metadata: { prUrl: "u" } });
    await cancel(t.engine, run, { compensate: true });
    await t.untilCalls(run, ...DONE, "1 undo third 1");
    expect(t.migrator.calls.at(-1)?.command).toMatchObject({
      type: "compensate_step",
      stepStatus: "open",
      stepMetadata: { prUrl: "u" },
    });
    expect((await t.record(run))?.status).toBe("running");
    await report(t.engine, run, "third", "completed", { kind: "undo" });
    await t.untilCalls(run, ...DONE, "1 undo third 1", "1 undo first 1");
    await report(t.engine, run, "first", "completed", { kind: "undo" });
    const recorded = await expectCancelled(t, run);
    expect(recorded?.notCompensated).toBe(undefined);
    const undone = (await t.run(run))?.progress?.compensations.map(({ stepName }) => stepName);
    expect(undone).toEqual(["third", "first"]);
  });

  test("blocks on an undoing that fails until it is retried", async (t) => {
    const run = await atThird(t);
    await cancel(t.engine, run, { compensate: true });
    await t.untilCalls(run, ...DONE, "1 undo third 1");
    await report(t.engine, run, "third", "failed", { kind: "undo", error: "conflict" });
    await t.untilStep(run, "failed");
    await retry(t.engine, run, "third", 1, "undo");
    await t.untilCalls(run, ...DONE, "1 undo third 1", "1 undo third 2");
    await report(t.engine, run, "third", "completed", { kind: "undo", number: 2 });
    await t.untilCalls(run, ...DONE, "1 undo third 1", "1 undo third 2", "1 undo first 1");
    await report(t.engine, run, "first", "completed", { kind: "undo" });
    await expectCancelled(t, run);
  });

  test("gives up undoing when told so, and records what is left", async (t) => {
    const run = await atThird(t);
    await cancel(t.engine, run, { compensate: true });
    await t.untilCalls(run, ...DONE, "1 undo third 1");
    await cancel(t.engine, run, { compensate: false });
    const recorded = await expectCancelled(t, run);
    expect(recorded?.notCompensated?.toSorted()).toEqual(["first", "third"]);
    expect(t.calls(run).length).toBe(DONE.length + 1);
  });

  test("starts a new attempt after a cancel, which nothing of the old one touches", async (t) => {
    const first = await t.start("one", PLAN);
    await t.untilCalls(first, "1 do bump 1");
    await cancel(t.engine, first);
    await expectCancelled(t, first);
    const second = await t.start("one", PLAN);
    await t.untilCalls(second, "1 do bump 1", "2 do bump 1");
    for (const status of ["completed", "failed"] as const)
      expect(await report(t.engine, first, "bump", status)).toBe("not_running");
    expect(await cancel(t.engine, first)).toBe("not_running");
    expect((await t.run(second))?.progress?.steps[0]?.status).toBe("in_progress");
    await report(t.engine, second, "bump", "completed");
    await t.untilCalls(second, "1 do bump 1", "2 do bump 1", "2 do approve 1");
    await report(t.engine, second, "approve", "completed");
    expect(await t.untilOver(second)).toMatchObject({ status: "completed", attempt: 2 });
  });

  test("loses no start that comes the moment a cancelled run has ended", async (t) => {
    for (let attempt = 1; attempt <= 15; attempt++) {
      const run = await t.start("one", PLAN);
      await t.until("its call", () => t.calls(run).includes(`${attempt} do bump 1`));
      await cancel(t.engine, run);
      await expectCancelled(t, run);
    }
  });
}

const DONE = ["1 do first 1", "1 do second 1", "1 do third 1"];

/** A run whose third step is under way, the two before it done. */
async function atThird(t: EngineFixture): Promise<MigrationManifest> {
  const run = await t.start("one", UNDOABLE);
  await t.untilCalls(run, ...DONE.slice(0, 1));
  await report(t.engine, run, "first", "completed");
  await t.untilCalls(run, ...DONE.slice(0, 2));
  await report(t.engine, run, "second", "completed");
  await t.untilCalls(run, ...DONE);
  return run;
}

async function cancelledAttempts(
  { store }: EngineFixture,
  { migrationId }: MigrationManifest,
): Promise<readonly CancelledAttempt[]> {
  return (await store.listCancelledAttempts(migrationId, { limit: 500 })).items;
}

function countdown(from: number): number[] {
  return Array.from({ length: from }, (_, n) => from - n);
}

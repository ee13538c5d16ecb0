import type { Runner } from "../runner.ts";
import { HOSTILE_IDS } from "../store/ids.ts";
import type { EngineTest } from "./fixture.ts";
import { ACCEPTED, createGate } from "./migrator.ts";
import { now, report, retry } from "./raise.ts";

const PLAN = [{ name: "bump" }, { name: "approve" }];
/** Three calls in quick succession. */
const QUICK = { attempts: 3, initialSeconds: 0.01, maxSeconds: 0.02 };
const DOWN = { type: "unavailable", error: "the migrator is down" } as const;

export function dispatchLaws({ expect }: Runner, test: EngineTest): void {
  test("dispatches each step when the one before it is reported done, to the end", async (t) => {
    const run = await t.start("one", PLAN);
    await t.untilCalls(run, "1 do bump 1");
    expect(await report(t.engine, run, "bump", "open", { metadata: { prUrl: "u" } })).toBe(
      "accepted",
    );
    await t.untilStep(run, "open");
    expect((await t.run(run))?.progress?.steps[0]?.metadata).toEqual({ prUrl: "u" });
    await report(t.engine, run, "bump", "merged");
    await t.untilCalls(run, "1 do bump 1", "1 do approve 1");
    await report(t.engine, run, "approve", "completed");
    expect(await t.untilOver(run)).toMatchObject({ status: "completed", attempt: 1 });
    expect([(await t.run(run))?.phase, await t.finishes(run)]).toEqual(["finished", 1]);
    expect(t.calls(run)).toEqual(["1 do bump 1", "1 do approve 1"]);
  });

  test("gives the migrator the pinned manifest, the step and the inputs", async (t) => {
    const steps = [{ name: "bump", type: "bump-chart", config: { env: "staging" } }];
    const run = await t.start("one", steps, { version: "2" });
    await t.untilCalls(run, "1 do bump 1");
    const [call] = t.migrator.calls;
    expect(call?.manifest).toEqual(run);
    expect(call?.command).toMatchObject({ type: "dispatch_step", inputs: { version: "2" } });
    expect(call?.command.step).toEqual(steps[0]);
  });

  test("completes a run with nothing to do", async (t) => {
    const run = await t.start("one", []);
    expect((await t.untilOver(run)).status).toBe("completed");
    expect([t.calls(run), await t.finishes(run)]).toEqual([[], 1]);
  });

  test("counts reports that come before their dispatch has returned", async (t) => {
    t.migrator.answer(async ({ manifest, command }) => {
      await report(t.engine, manifest, command.call.step, "completed");
      return ACCEPTED;
    });
    const run = await t.start("one", PLAN);
    expect((await t.untilOver(run)).status).toBe("completed");
    expect(t.calls(run)).toEqual(["1 do bump 1", "1 do approve 1"]);
  });

  test("dispatches nothing before the call under way has settled", async (t) => {
    const gate = createGate();
    t.migrator.answer(async () => {
      await gate.passed;
      return ACCEPTED;
    });
    const run = await t.start("one", PLAN);
    await t.untilCalls(run, "1 do bump 1");
    await report(t.engine, run, "bump", "completed");
    await t.untilStep(run, "completed");
    expect(t.calls(run)).toEqual(["1 do bump 1"]);
    gate.open();
    await t.untilCalls(run, "1 do bump 1", "1 do approve 1");
  });

  test("blocks on a refused dispatch, with its reason, until it is retried", async (t) => {
    t.migrator.answer(({ name }) =>
      name === "1 do bump 1" ? { type: "refused", error: "no such chart" } : ACCEPTED,
    );
    const run = await t.start("one", PLAN);
    await t.untilStep(run, "failed");
    expect((await t.run(run))?.currentStep?.error).toBe("no such chart");
    expect(await retry(t.engine, run, "bump")).toBe("accepted");
    await t.untilCalls(run, "1 do bump 1", "1 do bump 2");
    await report(t.engine, run, "bump", "completed", { number: 2 });
    await t.untilCalls(run, "1 do bump 1", "1 do bump 2", "1 do approve 1");
    const [bump] = (await t.run(run))?.progress?.steps ?? [];
    expect(bump).toMatchObject({ status: "completed", stepAttempt: 2 });
    expect(bump?.failures?.map(({ error }) => error)).toEqual(["no such chart"]);
  });

  test("repeats a call that did not get through, under the same dispatch id", async (t) => {
    t.migrator.answer(() => (t.migrator.calls.length < 3 ? DOWN : ACCEPTED));
    const run = await t.start("one", [{ name: "bump", dispatchRetry: QUICK }]);
    await t.untilCalls(run, "1 do bump 1", "1 do bump 1", "1 do bump 1");
    expect(new Set(t.migrator.calls.map(({ command }) => command.id)).size).toBe(1);
    await report(t.engine, run, "bump", "completed");
    expect((await t.untilOver(run)).status).toBe("completed");
  });

  test("fails the step with the last error when no call gets through", async (t) => {
    t.migrator.answer(() => DOWN);
    const run = await t.start("one", [{ name: "bump", dispatchRetry: QUICK }]);
    await t.untilStep(run, "failed");
    expect((await t.run(run))?.currentStep?.error).toBe(DOWN.error);
    expect(t.calls(run).length).toBe(3);
    t.migrator.answer(() => ACCEPTED);
    await retry(t.engine, run, "bump");
    await t.untilCalls(run, ...Array<string>(3).fill("1 do bump 1"), "1 do bump 2");
  });

  test("repeats no call whose step was reported meanwhile", async (t) => {
    const slow = { attempts: 9, initialSeconds: 3_600, maxSeconds: 3_600 };
    t.migrator.answer(({ name }) => (name.includes("bump") ? DOWN : ACCEPTED));
    const run = await t.start("one", [{ name: "bump", dispatchRetry: slow }, { name: "approve" }]);
    await t.untilCalls(run, "1 do bump 1");
    await report(t.engine, run, "bump", "completed");
    await t.untilCalls(run, "1 do bump 1", "1 do approve 1");
  });

  test("fails a step that is silent for too long, and takes its success later all the same", async (t) => {
    const run = await t.start("one", [{ name: "bump", timeoutSeconds: 0.05 }, { name: "approve" }]);
    await t.untilStep(run, "failed");
    expect((await t.run(run))?.currentStep?.error).toBe("timed out after 0.05 s");
    await report(t.engine, run, "bump", "merged");
    // On a busy machine the time may be up before the call was made, which is then made no more.
    await t.until("the next step", () => t.calls(run).includes("1 do approve 1"));
  });

  test("uses updated inputs from the next dispatch on", async (t) => {
    const run = await t.start("one", PLAN, { version: "2", kept: "x" });
    await t.untilCalls(run, "1 do bump 1");
    const inputs = { version: "3" };
    const event = { type: "inputs_updated", attempt: 1, inputs, at: now() } as const;
    await t.engine.raiseEvent(run.runId, 1, event);
    await report(t.engine, run, "bump", "completed");
    await t.untilCalls(run, "1 do bump 1", "1 do approve 1");
    const given = t.migrator.calls.map(({ command }) => command.inputs["version"]);
    expect(given).toEqual(["2", "3"]);
    expect(t.migrator.calls[1]?.command.inputs["kept"]).toBe("x");
  });

  test("runs candidates with hostile ids to the end, each by itself", async (t) => {
    const runs = await Promise.all(HOSTILE_IDS.map((id) => t.start(id, [{ name: "bump" }])));
    for (const run of runs) await t.untilCalls(run, "1 do bump 1");
    for (const run of runs) await report(t.engine, run, "bump", "completed");
    for (const run of runs) expect((await t.untilOver(run)).status).toBe("completed");
    expect(new Set(t.migrator.calls.map(({ command }) => command.id)).size).toBe(runs.length);
  });
}

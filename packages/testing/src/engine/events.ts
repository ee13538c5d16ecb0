import type { Runner } from "../runner.ts";
import type { EngineCapabilities, EngineTest } from "./fixture.ts";
import { cancel, now, report, reportOf, retry } from "./raise.ts";

const PLAN = [{ name: "bump" }, { name: "approve" }];

export function eventLaws(
  { expect }: Runner,
  test: EngineTest,
  { answers = "exact" }: EngineCapabilities,
): void {
  const inexact = typeof answers === "object" ? ` (answers are not exact: ${answers.reason})` : "";

  test(`takes duplicate and stale events without effect${inexact}`, async (t) => {
    const run = await t.start("one", PLAN);
    await t.untilCalls(run, "1 do bump 1");
    const early = await report(t.engine, run, "approve", "completed");
    const wrong = await report(t.engine, run, "bump", "failed", { number: 2 });
    const open = { eventId: "e1" };
    await report(t.engine, run, "bump", "open", open);
    const again = await report(t.engine, run, "bump", "open", open);
    await report(t.engine, run, "bump", "completed");
    await t.untilCalls(run, "1 do bump 1", "1 do approve 1");
    const doubled = await report(t.engine, run, "bump", "completed");
    const contradicting = await report(t.engine, run, "bump", "failed");
    const needless = await retry(t.engine, run, "bump");
    if (!inexact) {
      expect([early, wrong, again, doubled]).toEqual(["stale", "stale", "duplicate", "duplicate"]);
      expect([contradicting, needless]).toEqual(["stale", "stale"]);
    }
    await report(t.engine, run, "approve", "completed");
    await t.untilOver(run);
    expect([t.calls(run), await t.finishes(run)]).toEqual([["1 do bump 1", "1 do approve 1"], 1]);
  });

  test("says that an attempt is not running before it began, after its end, and if it never was", async (t) => {
    const claimed = await t.claim("two", PLAN);
    expect(await report(t.engine, claimed, "bump", "completed")).toBe("not_running");
    const run = await t.start("one", [{ name: "bump" }]);
    await report(t.engine, run, "bump", "completed");
    await t.untilOver(run);
    await t.until("the end in the engine", async () => {
      const answer = await report(t.engine, run, "bump", "completed");
      return answer === "not_running";
    });
    expect(await cancel(t.engine, run)).toBe("not_running");
    expect(await report(t.engine, { ...run, attempt: 7 }, "bump", "open")).toBe("not_running");
    expect((await t.record(run))?.status).toBe("completed");
  });

  test("knows the phase of the attempts that it hosts, and no others", async (t) => {
    const claimed = await t.claim("two", PLAN);
    expect(await t.engine.getRun(claimed.runId, 1)).toBe(null);
    const run = await t.start("one", PLAN);
    expect(await t.engine.getRun(run.runId, 1)).toMatchObject({ phase: "running" });
    expect(await t.engine.getRun(run.runId, 2)).toBe(null);
  });

  test("begins an attempt once, however often and at once it is started", async (t) => {
    const manifest = await t.claim("one", [{ name: "bump" }]);
    await Promise.all(Array.from({ length: 16 }, () => t.engine.startRun(manifest)));
    await t.untilCalls(manifest, "1 do bump 1");
    await t.engine.startRun(manifest);
    await report(t.engine, manifest, "bump", "completed");
    await t.untilOver(manifest);
    await t.engine.startRun(manifest);
    expect((await t.record(manifest))?.status).toBe("completed");
    expect([t.calls(manifest), await t.finishes(manifest)]).toEqual([["1 do bump 1"], 1]);
  });

  test("ends in the same state whatever order, repetition and number of senders events have", async (t) => {
    const run = await t.start("one", PLAN);
    await t.untilCalls(run, "1 do bump 1");
    const noise = Array.from({ length: 300 }, (_, n) => {
      const step = n % 3 === 0 ? "approve" : "bump";
      const number = n % 5 === 0 ? 9 : 1;
      return reportOf(run, step, n % 2 === 0 ? "open" : "in_progress", { number });
    });
    const done = reportOf(run, "bump", "merged");
    const events = [...noise.slice(0, 150), done, done, ...noise.slice(150), done];
    await Promise.all(events.map((event) => t.engine.raiseEvent(run.runId, 1, event)));
    await t.untilCalls(run, "1 do bump 1", "1 do approve 1");
    const [bump] = (await t.run(run))?.progress?.steps ?? [];
    expect(bump).toMatchObject({ status: "merged", stepAttempt: 1 });
    const last = { type: "retry_requested", at: now() } as const;
    const call = { attempt: 1, kind: "do", step: "bump", number: 1 } as const;
    await t.engine.raiseEvent(run.runId, 1, { ...last, call });
    await report(t.engine, run, "approve", "completed");
    expect((await t.untilOver(run)).status).toBe("completed");
    expect([t.calls(run).length, await t.finishes(run)]).toEqual([2, 1]);
  });

  test("hosts many runs at once, and dispatches each of their steps once", async (t) => {
    const ids = Array.from({ length: 40 }, (_, n) => `c${n}`);
    const runs = await Promise.all(ids.map((id) => t.start(id, PLAN)));
    for (const step of ["bump", "approve"])
      await Promise.all(
        runs.map(async (run) => {
          await t.until(step, () => t.calls(run).includes(`1 do ${step} 1`));
          await report(t.engine, run, step, "completed");
        }),
      );
    for (const run of runs) {
      expect((await t.untilOver(run)).status).toBe("completed");
      expect(t.calls(run)).toEqual(["1 do bump 1", "1 do approve 1"]);
    }
  });
}

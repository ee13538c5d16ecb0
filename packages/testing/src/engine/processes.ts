import type { Runner } from "../runner.ts";
import type { EngineCapabilities, EngineTest } from "./fixture.ts";
import { ACCEPTED, createGate } from "./migrator.ts";
import { cancel, report } from "./raise.ts";

const PLAN = [{ name: "bump" }, { name: "approve" }];
const LIMITED = [{ name: "bump", timeoutSeconds: 0.5 }];
/** Longer than what an engine may try at once, again and again, before it has to wait. */
const AWAY_MS = 2_500;

export function processLaws(
  { expect }: Runner,
  test: EngineTest,
  { takeover = "supported" }: EngineCapabilities,
): void {
  test("waits on close for the call under way, keeps what came of it, and makes no other", async (t) => {
    const gate = createGate();
    t.migrator.answer(async () => {
      await gate.passed;
      return ACCEPTED;
    });
    const run = await t.start("one", PLAN);
    await t.untilCalls(run, "1 do bump 1");
    let isClosed = false;
    const closing = t.engine.close().then(() => (isClosed = true));
    await report(t.startProcess().engine, run, "bump", "completed");
    await new Promise((resume) => setTimeout(resume, 20));
    expect(isClosed).toBe(false);
    gate.open();
    await closing;
    expect(t.calls(run)).toEqual(["1 do bump 1"]);
    const next = t.startProcess();
    await next.engine.open();
    await t.untilCalls(run, "1 do bump 1", "1 do approve 1");
  });

  test("takes up on open what was started before", async (t) => {
    const { engine } = t.startProcess();
    await t.engine.close();
    const run = await t.claim("one", PLAN);
    await engine.startRun(run);
    await engine.open();
    await t.untilCalls(run, "1 do bump 1");
  });

  test("shares the work between two processes, and makes each call once", async (t) => {
    const second = t.startProcess().engine;
    await second.open();
    const ids = Array.from({ length: 30 }, (_, n) => `c${n}`);
    const runs = await Promise.all(ids.map((id) => t.claim(id, PLAN)));
    const starting = runs.map((run, n) => (n % 2 ? t.engine : second).startRun(run));
    await Promise.all(starting);
    for (const [at, step] of ["bump", "approve"].entries())
      for (const run of runs) {
        await t.until(step, () => t.calls(run).length > at);
        await Promise.all([t.engine, second].map((each) => report(each, run, step, "completed")));
      }
    for (const run of runs) {
      expect((await t.untilOver(run)).status).toBe("completed");
      expect([t.calls(run), await t.finishes(run)]).toEqual([["1 do bump 1", "1 do approve 1"], 1]);
    }
  });

  test("goes on when the store comes back after it was away", async (t) => {
    t.migrator.answer(async () => {
      t.first.cut(true);
      await new Promise((resume) => setTimeout(resume, 60));
      t.first.cut(false);
      t.migrator.answer(() => ACCEPTED);
      return ACCEPTED;
    });
    const run = await t.start("one", PLAN);
    await t.until("a call", () => t.calls(run).length > 0);
    await t.until("the store", () => reportSafely());
    await t.until("the next step", () => t.calls(run).includes("1 do approve 1"));

    async function reportSafely(): Promise<boolean> {
      try {
        await report(t.engine, run, "bump", "completed");
        return true;
      } catch {
        return false;
      }
    }
  });

  test("takes a report, a time limit, an end and a cancel to their ends that came while its store was away for seconds", async (t) => {
    const sender = t.startProcess().engine;
    const reported = await t.start("reported", PLAN);
    const limited = await t.start("limited", LIMITED);
    const ending = await t.start("ending", [{ name: "bump" }]);
    const cancelled = await t.start("cancelled", PLAN);
    for (const run of [reported, limited, ending, cancelled])
      await t.untilCalls(run, "1 do bump 1");
    t.first.cut(true);
    await report(sender, reported, "bump", "open");
    await report(sender, ending, "bump", "completed");
    await cancel(sender, cancelled);
    await new Promise((resume) => setTimeout(resume, AWAY_MS));
    t.first.cut(false);
    await t.untilStep(reported, "open");
    await t.untilStep(limited, "failed");
    expect((await t.untilOver(ending)).status).toBe("completed");
    expect((await t.untilOver(cancelled)).status).toBe("not_started");
    await report(sender, reported, "bump", "merged");
    await t.untilCalls(reported, "1 do bump 1", "1 do approve 1");
    await report(sender, limited, "bump", "merged");
    expect((await t.untilOver(limited)).status).toBe("completed");
    for (const run of [limited, ending, cancelled]) expect(await t.finishes(run)).toBe(1);
  });

  if (takeover === "supported")
    test("finishes in another process what one that died had begun", async (t) => {
      t.migrator.answer(() => new Promise(() => {}));
      const dispatching = await t.start("one", PLAN);
      await t.untilCalls(dispatching, "1 do bump 1");
      t.first.kill();
      t.migrator.answer(() => ACCEPTED);
      const { engine } = t.startProcess();
      await engine.open();
      await t.untilCalls(dispatching, "1 do bump 1", "1 do bump 1");
      const ids = t.migrator.calls.map(({ command }) => command.id);
      expect(new Set(ids).size).toBe(1);
      await report(engine, dispatching, "bump", "completed");
      await t.until("the next step", () => t.calls(dispatching).includes("1 do approve 1"));
      await report(engine, dispatching, "approve", "completed");
      expect((await t.untilOver(dispatching)).status).toBe("completed");
    });
  else
    test(`does not claim to take over from a process that died: ${takeover.reason}`, async () => {
      expect(takeover.reason.length > 0).toBe(true);
    });
}

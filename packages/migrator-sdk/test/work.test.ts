import { LoomError } from "@loom/core/errors";
import { expect, test } from "vitest";
import { eventually } from "../../../test/eventually.ts";
import { memoryMigratorStore, TerminalError } from "../src/index.ts";
import { compensate, compensationOf, dispatch, dispatchOf } from "./support/calls.ts";
import { gate, migrationOf } from "./support/migrations.ts";
import { stage } from "./support/stage.ts";

const candidate = (id: string) => ({ candidate: { id } });

test("no more handlers run at a time than allowed, and all calls are worked off", async () => {
  const bump = gate();
  const { migrator, loom } = await stage(migrationOf({ bump: bump.handler }), { concurrency: 2 });
  for (const id of ["a", "b", "c", "d", "e"])
    await dispatch(migrator, dispatchOf("bump", candidate(id)));
  for (let done = 0; done < 5; done += 1) {
    await eventually(() => expect(bump.entered).toHaveLength(Math.min(done + 2, 5)));
    bump.release(done);
  }
  await eventually(() => expect(loom.events).toHaveLength(5));
});

test("a newer dispatch of a run aborts the older one, waits for it, and drops its result", async () => {
  const bump = gate("goes on");
  const { migrator, loom } = await stage(migrationOf({ bump: bump.handler }));
  await dispatch(migrator, dispatchOf("bump"));
  await eventually(() => expect(bump.entered).toHaveLength(1));
  await dispatch(migrator, dispatchOf("bump", { stepAttempt: 2 }));
  expect(bump.entered[0]?.signal).toMatchObject({ aborted: true, reason: "replaced" });
  expect(bump.entered).toHaveLength(1);
  bump.release(0);
  await eventually(() => expect(bump.entered).toHaveLength(2));
  expect(bump.entered[1]?.signal.aborted).toBe(false);
  bump.release(1, (ctx) => ctx.done({ from: "the second" }));
  await eventually(() => expect(loom.events).toHaveLength(1));
  expect(loom.events[0]?.metadata).toEqual({ from: "the second" });
});

test("a handler that keeps the next call waiting though its signal aborted is named in the log", async () => {
  const bump = gate("goes on");
  const { migrator, clock, lines } = await stage(migrationOf({ bump: bump.handler }));
  await dispatch(migrator, dispatchOf("bump"));
  await eventually(() => expect(bump.entered).toHaveLength(1));
  await dispatch(migrator, dispatchOf("bump", { stepAttempt: 2 }));
  await clock.advance(29_000);
  expect(lines.filter(({ level }) => level === "warn")).toEqual([]);
  await clock.advance(1_000);
  expect(lines.filter(({ level }) => level === "warn")).toEqual([
    expect.objectContaining({
      message: expect.stringContaining("ignores its signal"),
      fields: expect.objectContaining({ runId: "m__billing", step: "bump", stepAttempt: 1 }),
    }),
  ]);
  bump.release(0);
  await eventually(() => expect(bump.entered).toHaveLength(2));
  bump.release(1);
});

test("a compensation aborts the step that it undoes, waits for it, and runs after it", async () => {
  const bump = gate();
  const undone: string[] = [];
  const handler = {
    ...bump.handler,
    compensate: (ctx: Parameters<typeof bump.handler.run>[0]) => {
      undone.push(ctx.key);
      return ctx.done();
    },
  };
  const { migrator, loom } = await stage(migrationOf({ bump: handler }));
  await dispatch(migrator, dispatchOf("bump"));
  await eventually(() => expect(bump.entered).toHaveLength(1));
  await compensate(migrator, compensationOf("bump"));
  await eventually(() => expect(loom.trace()).toEqual(["bump completed"]));
  expect(undone).toEqual([bump.entered[0]?.key]);
  expect(loom.events[0]?.callbackId).toBe(compensationOf("bump").callbackId);
});

test("a compensation of a step whose handler cannot undo is refused", async () => {
  const { migrator } = await stage(migrationOf({ bump: gate().handler }));
  const answer = await compensate(migrator, compensationOf("bump"));
  expect(answer).toMatchObject({
    status: 400,
    body: { detail: expect.stringContaining("no compensate") },
  });
});

test.each([
  ["an earlier try of the step", dispatchOf("bump", { stepAttempt: 1 })],
  ["an earlier attempt of the run", dispatchOf("other", { attempt: 1, stepAttempt: 9 })],
])("a dispatch of %s that comes late is accepted and disturbs nothing", async (_what, late) => {
  const bump = gate();
  const { migrator, loom } = await stage(migrationOf({ bump: bump.handler, other: bump.handler }));
  await dispatch(migrator, dispatchOf("bump", { attempt: 2, stepAttempt: 2 }));
  await eventually(() => expect(bump.entered).toHaveLength(1));
  const attempt = late.stepAttempt === 1 ? 2 : 1;
  expect(await dispatch(migrator, { ...late, attempt })).toMatchObject({ status: 202 });
  expect(bump.entered[0]?.signal.aborted).toBe(false);
  bump.release(0);
  await eventually(() => expect(loom.events).toHaveLength(1));
  expect(bump.entered).toHaveLength(1);
});

test("a handler that throws is tried again after growing pauses, then the step fails", async () => {
  const tries: number[] = [];
  const { migrator, loom, clock } = await stage(
    migrationOf({
      bump: {
        retry: { attempts: 3, initialSeconds: 10 },
        run() {
          tries.push(clock.now());
          throw new Error(`try ${tries.length}`);
        },
      },
    }),
  );
  await dispatch(migrator, dispatchOf("bump"));
  await eventually(() => expect(tries).toHaveLength(1));
  const [start = 0] = tries;
  await clock.advance(0);
  await clock.advance(60_000);
  await eventually(() => expect(loom.trace()).toEqual(["bump failed"]));
  expect(tries.map((at) => at - start)).toEqual([0, 10_000, 30_000]);
  expect(loom.events[0]?.error).toBe("try 3");
});

test("a try that succeeds ends the retries", async () => {
  let tries = 0;
  const { migrator, loom, clock } = await stage(
    migrationOf({
      bump: {
        run(ctx) {
          tries += 1;
          if (tries < 2) throw new Error("the forge is down");
          return ctx.done();
        },
      },
    }),
  );
  await dispatch(migrator, dispatchOf("bump"));
  await eventually(() => expect(tries).toBe(1));
  await clock.advance(0);
  await clock.advance(5_000);
  await eventually(() => expect(loom.trace()).toEqual(["bump completed"]));
});

test("a store that is away for a moment costs a try, and not the step", async () => {
  const store = memoryMigratorStore();
  let appends = 0;
  const append: typeof store.outbox.append = async (event) => {
    appends += 1;
    if (appends === 1) throw new LoomError("store_unavailable", "The database is away.");
    await store.outbox.append(event);
  };
  const { migrator, loom, clock } = await stage(
    migrationOf({
      bump: {
        async run(ctx) {
          await ctx.progress({ part: "1" });
          return ctx.done();
        },
      },
    }),
    { store: { ...store, outbox: { ...store.outbox, append } } },
  );
  await dispatch(migrator, dispatchOf("bump"));
  await eventually(async () => {
    await clock.advance(1_000);
    expect(loom.trace()).toEqual(["bump in_progress", "bump completed"]);
  });
});

test.each([
  ["of thousands of characters", "😀".repeat(3_000), "😀😀😀"],
  ["of thousands and one more", `x${"😀".repeat(3_000)}`, "x😀😀😀"],
  ["with a NUL, as programs print it", "fatal:\0 no such branch", "no such branch"],
  ["with half a character", "fatal: \uD83D no such branch", "no such branch"],
])("an error %s is told as far as it can be", async (_what, error, told) => {
  const { migrator, loom } = await stage(migrationOf({ bump: { run: (ctx) => ctx.fail(error) } }));
  await dispatch(migrator, dispatchOf("bump"));
  await eventually(() => expect(loom.events).toHaveLength(1));
  expect(loom.events[0]?.error).toContain(told);
  expect(loom.events[0]?.error).not.toContain("not valid");
});

test("a TerminalError fails the step at once", async () => {
  let tries = 0;
  const { migrator, loom } = await stage(
    migrationOf({
      bump: {
        run() {
          tries += 1;
          throw new TerminalError("the repository is archived");
        },
      },
    }),
  );
  await dispatch(migrator, dispatchOf("bump"));
  await eventually(() => expect(loom.trace()).toEqual(["bump failed"]));
  expect(loom.events[0]?.error).toBe("the repository is archived");
  expect(tries).toBe(1);
});

test("a handler without a result, as JavaScript allows, fails the step", async () => {
  const { migrator, loom } = await stage(
    migrationOf({ bump: { run: (() => undefined) as never } }),
  );
  await dispatch(migrator, dispatchOf("bump"));
  await eventually(() => expect(loom.trace()).toEqual(["bump failed"]));
  expect(loom.events[0]?.error).toContain("returned no result");
});

test.each(["stale", "not_running"])(
  "a report that is answered %s aborts the handler, and nothing more is reported",
  async (reason) => {
    const bump = gate("goes on");
    const handler = {
      async run(ctx: Parameters<typeof bump.handler.run>[0]) {
        await ctx.progress({ part: "1" });
        return bump.handler.run(ctx);
      },
    };
    const { migrator, loom } = await stage(migrationOf({ bump: handler }));
    loom.script(() => ({ status: 202, body: { status: "ignored", reason } }));
    await dispatch(migrator, dispatchOf("bump"));
    await eventually(() => expect(bump.entered[0]?.signal.aborted).toBe(true));
    bump.release(0, (ctx) => ctx.open({ key: "pr" }));
    await eventually(async () =>
      expect(await migrator.settle("pr", { phase: "merged" })).toBe("unknown"),
    );
    expect(loom.trace()).toEqual(["bump in_progress"]);
  },
);

test("close aborts handlers and waits for them; what was not done is done after the next start", async () => {
  const store = memoryMigratorStore();
  const bump = gate();
  const first = await stage(migrationOf({ bump: bump.handler }), { store });
  await dispatch(first.migrator, dispatchOf("bump"));
  await eventually(() => expect(bump.entered).toHaveLength(1));
  await first.migrator.close();
  expect(bump.entered[0]?.signal).toMatchObject({ aborted: true, reason: "closing" });
  expect(await dispatch(first.migrator, dispatchOf("bump", candidate("late")))).toMatchObject({
    status: 503,
  });
  expect(first.loom.events).toEqual([]);

  const second = await stage(migrationOf({ bump: bump.handler }), { store });
  await eventually(() => expect(bump.entered).toHaveLength(2));
  bump.release(1);
  await eventually(() => expect(second.loom.trace()).toEqual(["bump completed"]));
});

test("close ends without a handler that ignores its signal, and says which; its call is left for the next start", async () => {
  const store = memoryMigratorStore({ shared: true });
  const deaf = { run: () => new Promise<never>(() => undefined) };
  const { migrator, clock, lines } = await stage(migrationOf({ bump: deaf }), {
    store,
    closeSeconds: 10,
  });
  await dispatch(migrator, dispatchOf("bump"));
  await eventually(async () => expect(await store.nextDueAt()).toBeGreaterThan(clock.now()));
  const closing = migrator.close();
  await eventually(async () => {
    await clock.advance(10_000);
    expect(lines).toContainEqual(
      expect.objectContaining({
        level: "error",
        message: expect.stringContaining("ignore their signal"),
        fields: { steps: [{ runId: "m__billing", step: "bump" }] },
      }),
    );
  });
  await closing;
  const next = await stage(migrationOf({ bump: { run: (ctx) => ctx.done() } }), { store });
  await eventually(async () => {
    await next.clock.advance(10_000);
    expect(next.loom.trace()).toEqual(["bump completed"]);
  });
});

test("a second close resolves with the first", async () => {
  const bump = gate("goes on");
  const { migrator } = await stage(migrationOf({ bump: bump.handler }));
  await dispatch(migrator, dispatchOf("bump"));
  await eventually(() => expect(bump.entered).toHaveLength(1));
  const done: string[] = [];
  const first = migrator.close().then(() => done.push("first"));
  const second = migrator.close().then(() => done.push("second"));
  await eventually(() => expect(bump.entered[0]?.signal.aborted).toBe(true));
  await new Promise((turn) => setImmediate(turn));
  expect(done).toEqual([]);
  bump.release(0);
  await Promise.all([first, second]);
});

test("work that ends well while the migrator closes is not done again", async () => {
  const store = memoryMigratorStore();
  const bump = gate("goes on");
  const first = await stage(migrationOf({ bump: bump.handler }), { store });
  await dispatch(first.migrator, dispatchOf("bump"));
  await eventually(() => expect(bump.entered).toHaveLength(1));
  const closed = first.migrator.close();
  bump.release(0);
  await closed;
  expect(first.loom.trace()).toEqual(["bump completed"]);
  await stage(migrationOf({ bump: bump.handler }), { store });
  expect(bump.entered).toHaveLength(1);
});

test("a call whose handler is gone after a deploy fails its step", async () => {
  const store = memoryMigratorStore();
  const bump = gate();
  const first = await stage(migrationOf({ bump: bump.handler }), { store, isClosed: true });
  await dispatch(first.migrator, dispatchOf("bump"));
  const second = await stage(migrationOf({ other: bump.handler }), { store });
  await eventually(() => expect(second.loom.trace()).toEqual(["bump failed"]));
  expect(second.loom.events[0]?.error).toContain('no handler "bump"');
});

test("calls are taken before the migrator is open, and worked off from then on", async () => {
  const bump = gate();
  const { migrator } = await stage(migrationOf({ bump: bump.handler }), { isClosed: true });
  expect(await dispatch(migrator, dispatchOf("bump"))).toMatchObject({ status: 202 });
  expect(bump.entered).toEqual([]);
  await migrator.open();
  await eventually(() => expect(bump.entered).toHaveLength(1));
  bump.release(0);
});

import { expect, test } from "vitest";
import { eventually } from "../../../test/eventually.ts";
import type { Settlement, StepContext } from "../src/index.ts";
import { memoryMigratorStore } from "../src/index.ts";
import { compensate, compensationOf, dispatch, dispatchOf } from "./support/calls.ts";
import { gate, migrationOf } from "./support/migrations.ts";
import { stage } from "./support/stage.ts";

const DAY = 86_400_000;
const open = {
  run: (ctx: StepContext) =>
    ctx.open({ key: "pr", metadata: { prUrl: `https://pr/${ctx.candidate.id}` } }),
};
const merged: Settlement = { phase: "merged", metadata: { sha: "abc" } };

test("settle ends what stands open, and Loom learns how", async () => {
  const { migrator, loom } = await stage(migrationOf({ bump: open }));
  await dispatch(migrator, dispatchOf("bump"));
  await eventually(() => expect(loom.trace()).toEqual(["bump open"]));
  expect(await migrator.settle("pr", merged)).toBe("accepted");
  await eventually(() => expect(loom.trace()).toEqual(["bump open", "bump merged"]));
  expect(loom.events.map(({ metadata }) => metadata)).toEqual([
    { prUrl: "https://pr/billing" },
    { sha: "abc" },
  ]);
});

test("a settlement that says failed fails the step", async () => {
  const { migrator, loom } = await stage(migrationOf({ bump: open }));
  await dispatch(migrator, dispatchOf("bump"));
  await eventually(() => expect(loom.trace()).toEqual(["bump open"]));
  await migrator.settle("pr", { failed: "closed without merging" });
  await eventually(() => expect(loom.trace()).toEqual(["bump open", "bump failed"]));
  expect(loom.events[1]?.error).toBe("closed without merging");
});

test("settling twice is ignored the second time", async () => {
  const { migrator, loom, clock } = await stage(migrationOf({ bump: open }));
  await dispatch(migrator, dispatchOf("bump"));
  await eventually(() => expect(loom.trace()).toEqual(["bump open"]));
  expect(await migrator.settle("pr", merged)).toBe("accepted");
  expect(await migrator.settle("pr", merged)).toBe("ignored");
  await clock.advance(60_000);
  await eventually(() => expect(loom.trace()).toEqual(["bump open", "bump merged"]));
});

test("several waits on one key are all settled", async () => {
  const { migrator, loom } = await stage(migrationOf({ bump: open }));
  for (const id of ["a", "b", "c"])
    await dispatch(migrator, dispatchOf("bump", { candidate: { id } }));
  await eventually(() => expect(loom.events).toHaveLength(3));
  expect(await migrator.settle("pr", merged)).toBe("accepted");
  await eventually(() => expect(loom.events).toHaveLength(6));
  const settled = loom.events.filter(({ phase }) => phase === "merged");
  expect(settled.map(({ candidateId }) => candidateId).toSorted()).toEqual(["a", "b", "c"]);
});

test("a webhook that comes before the wait opens is unknown, kept, and applied", async () => {
  const bump = gate();
  const { migrator, loom } = await stage(migrationOf({ bump: bump.handler }));
  await dispatch(migrator, dispatchOf("bump"));
  await eventually(() => expect(bump.entered).toHaveLength(1));
  expect(await migrator.settle("pr", merged)).toBe("unknown");
  bump.release(0, (ctx) => ctx.open({ key: "pr" }));
  await eventually(() => expect(loom.trace()).toEqual(["bump open", "bump merged"]));
  expect(await migrator.settle("pr", merged)).toBe("ignored");
});

test.each([
  ["within a day", DAY - 1, ["bump open", "bump merged"]],
  ["no longer than a day", DAY + 1, ["bump open"]],
])("a webhook before its dispatch is kept %s", async (_what, elapsed, trace) => {
  const { migrator, loom, clock } = await stage(migrationOf({ bump: open }));
  await migrator.settle("pr", merged);
  await clock.advance(elapsed);
  await dispatch(migrator, dispatchOf("bump"));
  await eventually(() => expect(loom.trace()).toEqual(trace));
});

test("a settlement that ended one try does not end the retry, however soon it comes", async () => {
  const { migrator, loom } = await stage(migrationOf({ bump: open }));
  await dispatch(migrator, dispatchOf("bump"));
  await eventually(() => expect(loom.trace()).toEqual(["bump open"]));
  await migrator.settle("pr", { failed: "closed" });
  await migrator.settle("pr", { failed: "closed" });
  await dispatch(migrator, dispatchOf("bump", { stepAttempt: 2 }));
  await eventually(() => expect(loom.trace()).toEqual(["bump open", "bump failed", "bump open"]));
  expect(await migrator.settle("pr", merged)).toBe("accepted");
});

test("a settlement that ended one try does not end the retry, unless another comes", async () => {
  const { migrator, loom, clock } = await stage(migrationOf({ bump: open }));
  await dispatch(migrator, dispatchOf("bump"));
  await eventually(() => expect(loom.trace()).toEqual(["bump open"]));
  await migrator.settle("pr", { failed: "closed" });
  await migrator.settle("pr", { failed: "closed" });
  await clock.advance(60_000);
  await dispatch(migrator, dispatchOf("bump", { stepAttempt: 2 }));
  await eventually(() => expect(loom.trace()).toEqual(["bump open", "bump failed", "bump open"]));
  await clock.advance(60_000);
  expect(await migrator.settle("pr", merged)).toBe("accepted");
  await eventually(() => expect(loom.trace().at(-1)).toBe("bump merged"));
});

test("a settlement that ended another run's wait ends one too that was about to open", async () => {
  const late = gate();
  const { migrator, loom } = await stage(migrationOf({ bump: open, late: late.handler }));
  await dispatch(migrator, dispatchOf("bump"));
  await dispatch(migrator, dispatchOf("late", { candidate: { id: "other" } }));
  await eventually(() => expect(late.entered).toHaveLength(1));
  await eventually(() => expect(loom.trace()).toEqual(["bump open"]));
  expect(await migrator.settle("pr", merged)).toBe("accepted");
  late.release(0, (ctx) => ctx.open({ key: "pr" }));
  await eventually(() =>
    expect(loom.trace().toSorted()).toEqual([
      "bump merged",
      "bump open",
      "late merged",
      "late open",
    ]),
  );
});

test("what no run waits for any more is ignored", async () => {
  const { migrator, loom } = await stage(
    migrationOf({ bump: { ...open, compensate: (ctx) => ctx.done() } }),
  );
  await dispatch(migrator, dispatchOf("bump"));
  await eventually(() => expect(loom.trace()).toEqual(["bump open"]));
  await compensate(migrator, compensationOf("bump"));
  await eventually(() => expect(loom.trace()).toEqual(["bump open", "bump completed"]));
  expect(await migrator.settle("pr", { failed: "closed by the compensation" })).toBe("ignored");
  expect(loom.trace()).toEqual(["bump open", "bump completed"]);
});

test("a report that is answered not_running closes the wait", async () => {
  const { migrator, loom, store } = await stage(migrationOf({ bump: open }));
  loom.script(() => ({ status: 202, body: { status: "ignored", reason: "not_running" } }));
  await dispatch(migrator, dispatchOf("bump"));
  await eventually(async () => expect((await store.waits.find("pr")).closed).toBe(true));
  expect(await migrator.settle("pr", merged)).toBe("ignored");
  expect(loom.trace()).toEqual(["bump open"]);
});

test("a review with a key is settled like anything open", async () => {
  const { migrator, loom } = await stage(
    migrationOf({ approve: { run: (ctx) => ctx.awaitReview({ key: "ticket" }) } }),
  );
  await dispatch(migrator, dispatchOf("approve"));
  await eventually(() => expect(loom.trace()).toEqual(["approve awaiting_review"]));
  await migrator.settle("ticket", { phase: "completed" });
  await eventually(() => expect(loom.trace().at(-1)).toBe("approve completed"));
});

test("waits and early webhooks outlive a restart", async () => {
  const store = memoryMigratorStore();
  const bump = gate();
  const migration = migrationOf({ open, bump: bump.handler });
  const first = await stage(migration, { store });
  await dispatch(first.migrator, dispatchOf("open"));
  await eventually(() => expect(first.loom.trace()).toEqual(["open open"]));
  await first.migrator.settle("early", merged);
  await first.migrator.close();

  const second = await stage(migration, { store });
  expect(await second.migrator.settle("pr", merged)).toBe("accepted");
  await dispatch(second.migrator, dispatchOf("bump", { candidate: { id: "other" } }));
  await eventually(() => expect(bump.entered).toHaveLength(1));
  bump.release(0, (ctx) => ctx.open({ key: "early" }));
  await eventually(() =>
    expect(second.loom.trace().toSorted()).toEqual(["bump merged", "bump open", "open merged"]),
  );
});

test("a settlement that is none is refused", async () => {
  const { migrator } = await stage(migrationOf({ bump: open }));
  const bad = migrator.settle("pr", { phase: "open" } as never);
  await expect(bad).rejects.toMatchObject({ code: "validation_failed" });
});

test("check is asked now and then while something stands open, and its answer settles it", async () => {
  const asked: string[] = [];
  const answers: Settlement[] = [];
  const check = async (key: string) => {
    asked.push(key);
    if (asked.length === 2) throw new Error("the forge is down");
    return answers[0];
  };
  const { migrator, loom, clock, lines } = await stage(migrationOf({ bump: { ...open, check } }), {
    checkSeconds: 60,
  });
  await dispatch(migrator, dispatchOf("bump"));
  await eventually(() => expect(loom.trace()).toEqual(["bump open"]));
  await clock.advance(59_000);
  expect(asked).toEqual([]);
  await clock.advance(181_000);
  expect(asked).toEqual(["pr", "pr", "pr", "pr"]);
  const failure = lines.find(({ message }) => message.startsWith("a check failed"));
  expect(failure?.fields["err"]).toMatchObject({ message: "the forge is down" });
  answers.push(merged);
  await clock.advance(60_000);
  await eventually(() => expect(loom.trace()).toEqual(["bump open", "bump merged"]));
  await clock.advance(3_600_000);
  expect(asked).toHaveLength(5);
});

test("checks that never answer are given up, and the others are asked", async () => {
  const aborted: string[] = [];
  const silent = {
    run: (ctx: StepContext) => ctx.open({ key: ctx.candidate.id }),
    check: (key: string, signal: AbortSignal) => {
      signal.addEventListener("abort", () => aborted.push(key));
      return key === "last" ? merged : new Promise<never>(() => undefined);
    },
  };
  const { migrator, loom, clock } = await stage(migrationOf({ bump: silent }), {
    checkSeconds: 300,
  });
  for (const id of ["1", "2", "3", "4", "last"]) {
    await dispatch(migrator, dispatchOf("bump", { candidate: { id } }));
    await eventually(() => expect(loom.events.at(-1)?.candidateId).toBe(id));
    await clock.advance(1_000);
  }
  await eventually(async () => {
    await clock.advance(30_000);
    expect(loom.trace()).toContain("bump merged");
  });
  expect(aborted.slice(0, 4)).toEqual(["1", "2", "3", "4"]);
  let isClosed = false;
  void migrator.close().then(() => (isClosed = true));
  await eventually(async () => {
    await clock.advance(30_000);
    expect(isClosed).toBe(true);
  });
});

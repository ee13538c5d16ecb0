import { runIdOf } from "@loom/core";
import { advanceRun, startRun } from "@loom/core/run";
import type { Runner } from "../runner.ts";
import { at, manifestOf } from "../store/builders.ts";
import type { LawTest, StoreFixture } from "../store/fixture.ts";
import { viewAt } from "../store/views.ts";
import { begin, commitOf, entryOf, finishOf, lease, revise } from "./runs.ts";

/** The laws of `loadRun` and `commitRun`. */
export function commitLaws({ expect }: Runner, test: LawTest): void {
  test("knows no state of a run that was not begun", async (t) => {
    await t.submit(["one"]);
    await t.bring("one", "running");
    expect(await load(t)).toBe(null);
  });

  test("gives a state back as it was committed, one version after another", async (t) => {
    await begin(t, "one");
    const created = await load(t);
    expect(created?.state).toEqual(commitOf(t, "one").state);
    const call = { attempt: 1, kind: "do", step: "bump", number: 1 } as const;
    const metadata = { ["__proto__"]: "x", prUrl: "https://forge/1" };
    const report = { type: "step_reported", call, status: "open", at: at(5), metadata } as const;
    const [state] = advanceRun(commitOf(t, "one").state, report);
    expect(await revise(t, "one", { state })).toBe(true);
    const next = await load(t);
    expect(next?.state).toEqual(state);
    expect(next?.version === created?.version).toBe(false);
  });

  test("begins a run only while its candidate runs that attempt", async (t) => {
    await t.submit(["one"]);
    expect(await t.store.commitRun(commitOf(t, "one"))).toBe(false);
    await t.bring("one", "queued");
    expect(await t.store.commitRun(commitOf(t, "one"))).toBe(false);
    await t.bring("one", "running");
    expect(await t.store.commitRun(commitOf(t, "one", { attempt: 2 }))).toBe(false);
    expect(await t.store.commitRun(commitOf(t, "nobody"))).toBe(false);
    expect(await t.store.commitRun(commitOf(t, "one"))).toBe(true);
  });

  test("begins a run once, though many try at once", async (t) => {
    await t.submit(["one"]);
    await t.bring("one", "running");
    const add = [entryOf(t, "one", "call", 0)];
    const begun = await Promise.all(
      Array.from({ length: 32 }, () => t.store.commitRun(commitOf(t, "one", { add }))),
    );
    expect(begun.filter(Boolean).length).toBe(1);
    expect(await lease(t, "me", 0)).toEqual(["call"]);
  });

  test("begins no run again after its end", async (t) => {
    for (const outcome of ["completed", "cancelled"] as const) {
      await begin(t, outcome);
      await revise(t, outcome, { finish: finishOf(t, outcome, outcome) });
      const add = [entryOf(t, outcome, "late", 0)];
      expect(await t.store.commitRun(commitOf(t, outcome, { add }))).toBe(false);
      expect(await load(t, outcome)).toBe(null);
    }
    expect(await lease(t, "me", 0)).toEqual([]);
  });

  test("commits nothing at all over another version than the expected one", async (t) => {
    await begin(t, "one", { first: 0, second: 0 });
    const before = await load(t);
    const version = before?.version ?? 0;
    await revise(t, "one", {});
    const stale = {
      expectedVersion: version,
      progress: viewAt(5, "failed"),
      finish: finishOf(t, "one", "completed"),
      add: [entryOf(t, "one", "added", 0)],
      remove: [entryOf(t, "one", "first", 0).id],
      postpone: [{ id: entryOf(t, "one", "second", 0).id, dueAt: 9e15, tries: 9 }],
    };
    expect(await t.store.commitRun(commitOf(t, "one", stale))).toBe(false);
    expect(await t.record("one")).toMatchObject({ status: "running" });
    expect((await t.record("one"))?.run?.currentStep).toBe(undefined);
    expect((await lease(t, "me", 0)).toSorted()).toEqual(["first", "second"]);
  });

  test("lets one of many commits over the same version win, and its effects alone count", async (t) => {
    await begin(t, "one");
    const expectedVersion = (await load(t))?.version ?? 0;
    const won = await Promise.all(
      Array.from({ length: 32 }, (_, n) => {
        const add = [entryOf(t, "one", `by ${n}`, 0)];
        return t.store.commitRun(commitOf(t, "one", { expectedVersion, add }));
      }),
    );
    const winners = won.flatMap((isWinner, n) => (isWinner ? [`by ${n}`] : []));
    expect(winners.length).toBe(1);
    expect(await lease(t, "me", 0)).toEqual(winners);
  });

  test("shows progress with the commit, by the rules of all progress", async (t) => {
    await begin(t, "one");
    await revise(t, "one", { progress: viewAt(2, "open") });
    await revise(t, "one", { progress: viewAt(1, "failed") });
    expect((await t.record("one"))?.run).toMatchObject({
      delivery: "delivered",
      currentStep: { status: "open" },
    });
  });

  for (const outcome of ["completed", "cancelled"] as const)
    test(`ends a ${outcome} run: status, history, state and outbox in one write`, async (t) => {
      await begin(t, "one", { call: 0, timer: 50_000 });
      await begin(t, "other", { kept: 0 });
      const finish = finishOf(t, "one", outcome);
      const progress = viewAt(7, "completed", { phase: "finished" });
      expect(await revise(t, "one", { finish: { ...finish, progress } })).toBe(true);
      expect(await t.record("one")).toMatchObject({ ...finish.to, updatedAt: at(90) });
      expect((await t.record("one"))?.run?.phase).toBe("finished");
      expect(await load(t)).toBe(null);
      expect(await lease(t, "me", 60_000)).toEqual(["kept"]);
      const { items } = await t.store.listHistory(t.migrationId, { limit: 1 });
      expect(items).toEqual([finish.history]);
      const list = await t.store.listCancelledAttempts(t.migrationId, { limit: 5 });
      expect(list.items).toEqual(finish.cancelled ? [finish.cancelled] : []);
    });

  test("ends a run with an empty plan in the commit that begins it", async (t) => {
    await t.submit(["one"]);
    await t.bring("one", "running");
    const [state] = startRun(manifestOf(t.migrationId, "one", 1, []), at(3));
    const finish = finishOf(t, "one", "completed");
    expect(await t.store.commitRun(commitOf(t, "one", { state, finish }))).toBe(true);
    expect((await t.record("one"))?.status).toBe("completed");
    expect(await load(t)).toBe(null);
  });

  test("drops the state of a run that ends after its candidate was moved by another hand", async (t) => {
    await begin(t, "one", { call: 0 });
    await t.bring("one", "not_started");
    expect(await revise(t, "one", { finish: finishOf(t, "one", "completed") })).toBe(true);
    expect(await load(t)).toBe(null);
    expect(await lease(t, "me", 0)).toEqual([]);
    expect((await t.record("one"))?.status).toBe("not_started");
  });

  test("keeps the attempts of a run apart", async (t) => {
    await begin(t, "one", { first: 0 });
    await revise(t, "one", { finish: finishOf(t, "one", "cancelled") });
    await begin(t, "one", { second: 0 });
    expect(await load(t)).toBe(null);
    expect((await load(t, "one", 2))?.state.manifest.attempt).toBe(2);
    expect(await t.store.commitRun(commitOf(t, "one", { expectedVersion: 1 }))).toBe(false);
    expect(await lease(t, "me", 0)).toEqual(["second"]);
  });

  test("does not change what it keeps of a run when its caller changes what it gave or got", async (t) => {
    await t.submit(["one"]);
    await t.bring("one", "running");
    const commit = structuredClone(commitOf(t, "one", { add: [entryOf(t, "one", "call", 0)] }));
    await t.store.commitRun(commit);
    const kept = structuredClone(await load(t));
    Reflect.set(commit.state.manifest.candidate, "id", "spoilt");
    Reflect.set(commit.add[0] ?? {}, "dueAt", 9e15);
    Reflect.set((await load(t))?.state ?? {}, "phase", "finished");
    expect(await load(t)).toEqual(kept);
    expect(await lease(t, "me", 0)).toEqual(["call"]);
  });
}

function load({ store, migrationId }: StoreFixture, candidateId = "one", attempt = 1) {
  return store.loadRun(runIdOf(migrationId, candidateId), attempt);
}

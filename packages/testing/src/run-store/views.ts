import type { RunRecord } from "@loom/core";
import { LoomError, runIdOf } from "@loom/core";
import type { Runner } from "../runner.ts";
import { at, manifestOf } from "../store/builders.ts";
import type { LawTest, StoreFixture } from "../store/fixture.ts";
import { allPages } from "../store/pages.ts";
import { progressAt, show, viewAt } from "../store/views.ts";

/** The laws of `RunViewStore`. */
export function viewLaws({ expect }: Runner, test: LawTest): void {
  test("knows no run of a candidate that was never started", async (t) => {
    await t.submit(["one"]);
    expect(await runOf(t)).toBe(null);
    await t.bring("one", "queued");
    expect(await runOf(t)).toBe(null);
  });

  test("shows a claimed run as pending, with its manifest", async (t) => {
    await started(t);
    const manifest = manifestOf(t.migrationId, "one", 1);
    const run = { attempt: 1, phase: "running", delivery: "pending", claimedAt: at(2), manifest };
    expect(await runOf(t)).toEqual(run);
  });

  test("shows saved progress, in full and in lists, and the run as delivered", async (t) => {
    await started(t);
    await show(t, "one", 1, "failed");
    const { currentStep } = progressAt("failed");
    const summary = { phase: "running", delivery: "delivered", currentStep };
    expect(await runOf(t)).toMatchObject({ ...summary, progress: progressAt("failed") });
    expect((await t.record("one"))?.run).toMatchObject(summary);
  });

  test("shows no older view, and no other one of the same sequence", async (t) => {
    await started(t);
    await show(t, "one", 5, "open");
    for (const sequence of [5, 4, 0]) await show(t, "one", sequence, "failed");
    expect((await runOf(t))?.currentStep?.status).toBe("open");
    await show(t, "one", 6, "failed");
    expect((await runOf(t))?.currentStep?.status).toBe("failed");
  });

  test("shows the latest of views that come at once in any order", async (t) => {
    await started(t);
    const order = [3, 9, 1, 8, 2, 7, 4, 6, 5];
    await Promise.all(order.map((n) => show(t, "one", n, n === 9 ? "open" : "failed")));
    expect((await runOf(t))?.currentStep?.status).toBe("open");
  });

  test("shows nothing of an attempt that is not the running one", async (t) => {
    await started(t);
    await show(t, "one", 1, "open");
    await t.bring("one", "not_started");
    const before = await runOf(t);
    await show(t, "one", 9, "failed");
    expect(await runOf(t)).toEqual(before);
    await t.bring("one", "running");
    await show(t, "one", 10, "failed");
    expect((await runOf(t))?.progress).toBe(undefined);
    const later = viewAt(11, "failed", { attempt: 3 });
    await t.store.saveProgress({ migrationId: t.migrationId, candidateId: "one" }, later);
    expect((await runOf(t))?.progress).toBe(undefined);
  });

  test("lets a view of what does not exist pass", async (t) => {
    await show(t, "nobody", 1, "open");
    await t.store.markCancelling({ migrationId: "unknown", candidateId: "one" }, 1);
    await t.store.markUndelivered({ migrationId: "unknown", candidateId: "one" }, 1);
    expect(await t.record("nobody")).toBe(null);
  });

  test("shows a run as cancelling until its end, whatever views still come", async (t) => {
    const ref = await started(t);
    await show(t, "one", 1, "open");
    await t.store.markCancelling(ref, 1);
    expect((await runOf(t))?.phase).toBe("cancelling");
    await show(t, "one", 2, "completed");
    const run = await runOf(t);
    expect([run?.phase, run?.currentStep?.status]).toEqual(["cancelling", "completed"]);
    await t.bring("one", "not_started");
    expect((await runOf(t))?.phase).toBe("finished");
  });

  test("shows only the running attempt as cancelling", async (t) => {
    const ref = await started(t);
    await t.store.markCancelling(ref, 2);
    expect((await runOf(t))?.phase).toBe("running");
    await t.bring("one", "not_started");
    await t.store.markCancelling(ref, 1);
    expect((await runOf(t))?.phase).toBe("finished");
    await t.bring("one", "running");
    await t.store.markCancelling(ref, 1);
    expect((await runOf(t))?.phase).toBe("running");
  });

  test("shows a claim as undelivered, unless its engine has saved progress", async (t) => {
    const ref = await started(t);
    await t.store.markUndelivered(ref, 2);
    expect((await runOf(t))?.delivery).toBe("pending");
    await t.store.markUndelivered(ref, 1);
    expect((await runOf(t))?.delivery).toBe("undelivered");
    await show(t, "one", 1, "open");
    await t.store.markUndelivered(ref, 1);
    expect((await runOf(t))?.delivery).toBe("delivered");
  });

  test("lists every running candidate of every migration once, page by page", async (t) => {
    const other = await t.another();
    for (const each of [t, other]) {
      await each.submit(["a", "b", "c", "d", "__proto__"]);
      for (const id of ["a", "b", "__proto__"]) await each.bring(id, "running");
      await each.bring("c", "queued");
      await each.bring("d", "completed");
    }
    await show(t, "a", 1, "open");
    const running = await allRunning(t);
    const mine = running.filter(({ manifest }) =>
      [t.migrationId, other.migrationId].includes(manifest.migrationId),
    );
    const expected = [t, other].flatMap(({ migrationId }) =>
      ["a", "b", "__proto__"].map((id) => runIdOf(migrationId, id)),
    );
    expect(mine.map(({ manifest }) => manifest.runId).toSorted()).toEqual(expected.toSorted());
    const shown = mine.find(({ manifest }) => manifest.runId === runIdOf(t.migrationId, "a"));
    expect(shown).toEqual(await runOf(t, "a"));
  });

  test("refuses what is no cursor of what runs", async ({ store }) => {
    for (const cursor of ["", "x", "bm8", "[]"]) {
      const error = await store
        .listRunning({ limit: 1, cursor })
        .catch((reason: unknown) => reason);
      expect(LoomError.is(error, "validation_failed")).toBe(true);
    }
  });

  test("lists running ones that stay while others start and end", async (t) => {
    const ids = ["a", "b", "c", "d", "e", "f"];
    await t.submit([...ids, "bb", "zz"]);
    for (const id of ids) await t.bring(id, "running");
    const first = await t.store.listRunning({ limit: 1 });
    for (const id of ["bb", "zz"]) await t.bring(id, "running");
    await t.bring("c", "completed");
    const rest = await allRunning(t, first.nextCursor);
    const listed = [...first.items, ...rest].map(({ manifest }) => manifest.runId);
    for (const id of ["a", "b", "d", "e", "f"]) {
      const runId = runIdOf(t.migrationId, id);
      expect(listed.filter((each) => each === runId)).toEqual([runId]);
    }
  });
}

async function started(t: StoreFixture): Promise<{ migrationId: string; candidateId: string }> {
  await t.submit(["one"]);
  await t.bring("one", "running");
  return { migrationId: t.migrationId, candidateId: "one" };
}

function runOf(
  { store, migrationId }: StoreFixture,
  candidateId = "one",
): Promise<RunRecord | null> {
  return store.getRun({ migrationId, candidateId });
}

function allRunning({ store }: StoreFixture, from?: string): Promise<RunRecord[]> {
  return allPages((cursor) => store.listRunning({ limit: 2, ...cursor }), from);
}

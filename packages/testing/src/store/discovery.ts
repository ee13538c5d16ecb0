import type { Runner } from "../runner.ts";
import { fullCandidate, unique } from "./builders.ts";
import type { LawTest } from "./fixture.ts";

export function discoveryLaws({ expect }: Runner, test: LawTest): void {
  test("takes no candidates for a migration that was never announced", async (t) => {
    const migrationId = `m-${unique()}`;
    const taken = await t.store.mergeCandidates({
      migrationId,
      candidates: [{ id: "one" }],
      discovery: { id: "d", complete: true },
      at: "2030-01-01T00:00:00.000Z",
      history: { at: "2030-01-01T00:00:00.000Z", actor: { id: "a" }, action: "discover" },
    });
    expect(taken).toBe(null);
    expect(await t.store.getCandidate({ migrationId, candidateId: "one" })).toBe(null);
    expect(await t.submit([])).toEqual(counts());
  });

  test("adds what is new as not started, with all its data", async (t) => {
    expect(await t.submit([fullCandidate("one"), "two"])).toEqual(counts({ added: 2 }));
    expect(await t.record("one")).toMatchObject({
      candidate: fullCandidate("one"),
      status: "not_started",
      attempt: 0,
      inputs: {},
    });
    expect((await t.record("two"))?.candidate).toEqual({ id: "two" });
    expect(await t.record("three")).toBe(null);
  });

  test("refreshes what is not started, and tells new data from the same", async (t) => {
    await t.submit([fullCandidate("one"), "two"]);
    const again = [fullCandidate("one"), { id: "two", kind: "job" }];
    expect(await t.submit(again)).toEqual(counts({ updated: 1, unchanged: 1 }));
    expect((await t.record("two"))?.candidate).toEqual({ id: "two", kind: "job" });
    expect(await t.submit([fullCandidate("one"), "two"])).toMatchObject({ updated: 1 });
    expect((await t.record("two"))?.candidate).toEqual({ id: "two" });
  });

  for (const status of ["queued", "running", "completed"] as const)
    test(`keeps all of one that is ${status}, listed with other data or left out`, async (t) => {
      await t.submit([fullCandidate("one")]);
      await t.bring("one", status);
      const before = await t.record("one");
      expect(await t.submit(["one"])).toEqual(counts({ preserved: 1 }));
      expect(await t.submit(["two"])).toEqual(counts({ added: 1, preserved: 1 }));
      expect(await t.record("one")).toEqual(before);
    });

  test("removes what a complete discovery leaves out, if it is not started", async (t) => {
    await t.submit(["one", "two", "three"]);
    expect(await t.submit(["two"])).toEqual(counts({ unchanged: 1, removed: 2 }));
    expect(await t.list()).toEqual(["two"]);
    expect(await t.submit([])).toEqual(counts({ removed: 1 }));
    expect(await t.list()).toEqual([]);
  });

  test("removes nothing before the last chunk, and then nothing that any chunk listed", async (t) => {
    await t.submit(["old", "kept"]);
    const id = unique();
    expect(await t.submit(["kept", "one"], { id, complete: false })).toMatchObject({ removed: 0 });
    expect(await t.submit(["two"], { id, complete: false })).toEqual(counts({ added: 1 }));
    const last = await t.submit(["three"], { id });
    expect(last).toEqual(counts({ added: 1, removed: 1 }));
    expect((await t.list()).toSorted()).toEqual(["kept", "one", "three", "two"]);
  });

  test("counts each preserved one once over the chunks of a discovery", async (t) => {
    await t.submit(["one", "two", "three"]);
    for (const each of ["one", "two", "three"]) await t.bring(each, "running");
    const id = unique();
    const chunks = [
      await t.submit(["one"], { id, complete: false }),
      await t.submit(["two"], { id, complete: false }),
      await t.submit([], { id }),
    ];
    expect(chunks.map((chunk) => chunk?.preserved)).toEqual([1, 1, 1]);
  });

  test("lets two replicas discover at once without losing what either lists", async (t) => {
    const [a, b] = [unique(), unique()];
    await t.submit(["left"], { id: unique() });
    await t.submit(["one"], { id: a, complete: false });
    await t.submit(["one"], { id: b, complete: false });
    await t.submit(["two", "new"], { id: b, complete: false });
    expect(await t.submit(["two"], { id: a })).toMatchObject({ removed: 1 });
    expect((await t.list()).toSorted()).toEqual(["new", "one", "two"]);
    expect(await t.submit([], { id: b })).toMatchObject({ removed: 0 });
    expect((await t.list()).toSorted()).toEqual(["new", "one", "two"]);
  });

  test("takes a chunk that is repeated late for a part of its old discovery", async (t) => {
    const id = unique();
    await t.submit(["one"], { id, complete: false });
    await t.submit(["two"], { id });
    await t.submit(["later"]);
    expect(await t.submit(["two"], { id })).toEqual(counts({ added: 1 }));
    expect((await t.list()).toSorted()).toEqual(["later", "two"]);
  });

  test("goes on with the attempt numbers of one that was removed and came again", async (t) => {
    await t.submit(["one"]);
    await t.bring("one", "running");
    expect(await t.bring("one", "not_started")).toEqual({ status: "not_started", attempt: 1 });
    expect(await t.submit([])).toEqual(counts({ removed: 1 }));
    expect(await t.submit(["one"])).toEqual(counts({ added: 1 }));
    expect(await t.record("one")).toMatchObject({ status: "not_started", attempt: 1 });
    await t.submit([]);
    await t.submit(["one"]);
    expect((await t.record("one"))?.attempt).toBe(1);
  });

  test("adds each candidate once when many submit it at once", async (t) => {
    const ids = Array.from({ length: 50 }, (_, n) => `c${n}`);
    const submitAll = (each: string[]) => t.submit(each, { complete: false });
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, n) => submitAll(n % 2 ? ids : ids.toReversed())),
    );
    expect(answers.reduce((sum, answer) => sum + (answer?.added ?? 0), 0)).toBe(50);
    expect((await t.store.countCandidates(t.migrationId)).notStarted).toBe(50);
  });

  test("writes a line of history for each submission", async (t) => {
    await t.submit(["one"]);
    await t.submit(["one"]);
    const { items } = await t.store.listHistory(t.migrationId, { limit: 10 });
    expect(items.map(({ action }) => action)).toEqual(["discover", "discover", "announce"]);
  });
}

function counts(more: Record<string, number> = {}): Record<string, number> {
  return { added: 0, updated: 0, unchanged: 0, removed: 0, preserved: 0, ...more };
}

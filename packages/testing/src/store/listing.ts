import { LoomError } from "@loom/core";
import type { Runner } from "../runner.ts";
import { unique } from "./builders.ts";
import type { LawTest, StoreFixture } from "./fixture.ts";
import { show } from "./views.ts";

export function listingLaws({ expect }: Runner, test: LawTest): void {
  for (const limit of [1, 3, 500])
    test(`lists each candidate once, in one order, by pages of ${limit}`, async (t) => {
      const ids = Array.from({ length: 20 }, (_, n) => `c${(n * 7) % 20}`);
      await t.submit(ids);
      const listed = await t.list({}, limit);
      expect(listed.toSorted()).toEqual(ids.toSorted());
      expect(listed).toEqual(await t.list({}, 7));
    });

  test("lists candidates in the order of the code points of their ids", async (t) => {
    const ordered = ["A", "Z", "_", "a", "aa", "b", "é", "\u{d7ff}", "\u{e000}", "\u{ffff}"];
    const beyond = ["\u{10000}", "\u{1f600}", "\u{10ffff}"];
    const ids = [...ordered, ...beyond];
    await t.submit(ids.toReversed());
    for (const limit of [1, 4, 100]) expect(await t.list({}, limit)).toEqual(ids);
    for (const id of ids.filter((_, n) => n % 2 === 0)) await t.bring(id, "queued");
    for (const limit of [1, 4, 100]) expect(await t.list({}, limit)).toEqual(ids);
    expect(await t.list({ status: "queued" }, 2)).toEqual(ids.filter((_, n) => n % 2 === 0));
  });

  test("gives no cursor with the last page, also when that is full", async (t) => {
    await t.submit(["a", "b", "c", "d"]);
    const first = await t.store.listCandidates(t.migrationId, { limit: 2 });
    expect([first.items.length, typeof first.nextCursor]).toEqual([2, "string"]);
    const cursor = first.nextCursor ?? "";
    const last = await t.store.listCandidates(t.migrationId, { limit: 2, cursor });
    expect([last.items.length, last.nextCursor]).toEqual([2, undefined]);
  });

  test("lists nothing of a migration that was never announced", async ({ store }) => {
    const page = await store.listCandidates(`m-${unique()}`, { limit: 10 });
    expect([page.items.length, page.nextCursor]).toEqual([0, undefined]);
  });

  test("lists what is there all along exactly once while others come, go and move", async (t) => {
    const stay = Array.from({ length: 10 }, (_, n) => `s${n}`);
    await t.submit([...stay, "gone1", "t-gone2", "a-gone3"]);
    const first = await t.store.listCandidates(t.migrationId, { limit: 4 });
    await t.submit([...stay, "a-new", "s4-new", "z-new"]);
    await t.bring("s1", "running");
    await t.bring("s9", "completed");
    const rest = await t.list({ cursor: first.nextCursor ?? "" }, 2);
    const listed = [...first.items.map(({ candidate }) => candidate.id), ...rest];
    expect(listed.filter((id) => stay.includes(id)).toSorted()).toEqual(stay);
    expect(new Set(listed).size).toBe(listed.length);
  });

  test("goes on from a candidate that was removed meanwhile", async (t) => {
    await t.submit(["a", "b", "c", "d"]);
    const first = await t.store.listCandidates(t.migrationId, { limit: 2 });
    const seen = first.items.map(({ candidate }) => candidate.id);
    const left = ["a", "b", "c", "d"].filter((id) => !seen.includes(id));
    await t.submit(left);
    expect((await t.list({ cursor: first.nextCursor ?? "" })).toSorted()).toEqual(left);
  });

  test("finds candidates by status, through every change of it", async (t) => {
    await t.submit(["a", "b", "c", "d", "e"]);
    await t.bring("b", "queued");
    await t.bring("c", "running");
    await t.bring("d", "completed");
    expect((await t.list({ status: "not_started" })).toSorted()).toEqual(["a", "e"]);
    expect(await t.list({ status: "queued" })).toEqual(["b"]);
    await t.bring("b", "running");
    expect((await t.list({ status: "running" })).toSorted()).toEqual(["b", "c"]);
    await t.bring("c", "not_started");
    expect(await t.list({ status: "running" })).toEqual(["b"]);
    expect(await t.list({ status: "completed" })).toEqual(["d"]);
    expect((await t.list({ status: "not_started" })).toSorted()).toEqual(["a", "c", "e"]);
  });

  test("finds candidates by kind", async (t) => {
    await t.submit([
      { id: "a", kind: "job" },
      { id: "b", kind: "Job" },
      "c",
      { id: "d", kind: "job" },
    ]);
    expect((await t.list({ kind: "job" }, 1)).toSorted()).toEqual(["a", "d"]);
    expect(await t.list({ kind: "other" })).toEqual([]);
  });

  test("finds candidates by a part of the id, ignoring case, with no character special", async (t) => {
    const ids = ["billing-Api", "API", "a.i", "50%", "a_b", "a*b", "aXb", "[x]", "b\\c"];
    await t.submit(ids);
    const found = async (q: string) => (await t.list({ q })).toSorted();
    expect(await found("api")).toEqual(["API", "billing-Api"]);
    expect(await found("%")).toEqual(["50%"]);
    expect(await found("_")).toEqual(["a_b"]);
    expect(await found("*")).toEqual(["a*b"]);
    expect(await found(".")).toEqual(["a.i"]);
    expect(await found("[x]")).toEqual(["[x]"]);
    expect(await found("\\")).toEqual(["b\\c"]);
  });

  test("finds running candidates by the status of their step, and nothing else", async (t) => {
    await t.submit(["a", "b", "c", "d"]);
    for (const id of ["a", "b", "c"]) await t.bring(id, "running");
    await show(t, "a", 1, "failed");
    await show(t, "b", 1, "open");
    await show(t, "c", 1, "failed");
    expect((await t.list({ stepStatus: "failed" }, 1)).toSorted()).toEqual(["a", "c"]);
    await show(t, "a", 2, "in_progress");
    await t.bring("c", "not_started");
    expect(await t.list({ stepStatus: "failed" })).toEqual([]);
    expect(await t.list({ stepStatus: "in_progress" })).toEqual(["a"]);
    expect(await t.list({ stepStatus: "open", status: "not_started" })).toEqual([]);
  });

  test("narrows by all filters at once", async (t) => {
    await t.submit(["x1", "x2", "y1"].map((id) => ({ id, kind: id === "x2" ? "job" : "service" })));
    for (const id of ["x1", "x2", "y1"]) await t.bring(id, "running");
    for (const id of ["x1", "x2", "y1"]) await show(t, id, 1, "awaiting_review");
    const filter = { status: "running", kind: "service", q: "X" } as const;
    expect(await t.list({ ...filter, stepStatus: "awaiting_review" })).toEqual(["x1"]);
    expect(await t.list({ ...filter, stepStatus: "open" })).toEqual([]);
  });

  for (const cursor of ["", "x", "e30", "bm90IGEgY3Vyc29y", "ÿ", "[]", "null"])
    test(`refuses the cursor ${JSON.stringify(cursor)}`, async (t) => {
      await t.submit(["a", "b"]);
      expect(await refusal(t, cursor)).toBe(true);
    });
}

async function refusal({ store, migrationId }: StoreFixture, cursor: string): Promise<boolean> {
  try {
    await store.listCandidates(migrationId, { cursor, limit: 1 });
    return false;
  } catch (error) {
    return LoomError.is(error, "validation_failed");
  }
}

import type { CandidateRecord, Position } from "@loom/core";
import type { Runner } from "../runner.ts";
import { at, changeOf, historyOf, manifestOf, unique } from "./builders.ts";
import { type LawTest, NOT_STARTED, type StoreFixture } from "./fixture.ts";
import { progressAt, show, viewAt } from "./views.ts";

const QUEUED: Position = { status: "queued", attempt: 1 };
const RUNNING: Position = { status: "running", attempt: 1 };
const CANCELLED: Position = { status: "not_started", attempt: 1 };

export function statusLaws({ expect }: Runner, test: LawTest): void {
  const actions = async ({ store, migrationId }: StoreFixture) =>
    (await store.listHistory(migrationId, { limit: 500 })).items.map(({ action }) => action);

  test("moves a candidate that stands where it should, with all that belongs to it", async (t) => {
    await t.submit(["one"]);
    const history = historyOf("queue", { candidateId: "one", attempt: 1, details: { a: "b" } });
    const more = { at: at(9), inputs: { version: "2", ["__proto__"]: "x" }, history };
    expect(await t.change("one", NOT_STARTED, QUEUED, more)).toEqual({ applied: true });
    const expected = { ...QUEUED, updatedAt: at(9), inputs: more.inputs };
    expect(await t.record("one")).toEqual({ candidate: { id: "one" }, ...expected });
    expect((await t.store.listHistory(t.migrationId, { limit: 1 })).items).toEqual([history]);
  });

  for (const [wrong, from] of [
    ["status", { status: "queued", attempt: 0 }],
    ["attempt", { status: "not_started", attempt: 1 }],
  ] as const)
    test(`leaves one alone that stands at another ${wrong}, and says what it found`, async (t) => {
      await t.submit(["one"]);
      const before = await t.record("one");
      const to = { status: "running", attempt: 2 } as const;
      const more = { claim: manifestOf(t.migrationId, "one", 2), inputs: { a: "b" } };
      expect(await t.change("one", from, to, more)).toEqual({ applied: false, found: before });
      expect(await t.record("one")).toEqual(before);
      expect(await actions(t)).toEqual(["discover", "announce"]);
    });

  test("finds nothing where there is no candidate or no migration", async (t) => {
    const nothing = { applied: false, found: null };
    expect(await t.change("one", NOT_STARTED, QUEUED)).toEqual(nothing);
    const change = changeOf(`m-${unique()}`, "one", [NOT_STARTED, QUEUED]);
    expect(await t.store.changeStatus(change)).toEqual(nothing);
  });

  test("recognises a change that is repeated, and does nothing twice", async (t) => {
    await t.submit(["one"]);
    const token = unique();
    for (let n = 0; n < 3; n++)
      expect(await t.change("one", NOT_STARTED, QUEUED, { token })).toEqual({ applied: true });
    expect(await actions(t)).toEqual(["start", "discover", "announce"]);
    const after = await t.record("one");
    expect(await t.change("one", QUEUED, RUNNING, { token, inputs: { a: "b" } })).toEqual({
      applied: true,
    });
    expect(await t.record("one")).toEqual(after);
  });

  test("recognises a repeated change among many at once", async (t) => {
    await t.submit(["one"]);
    const token = unique();
    const answers = await Promise.all(
      Array.from({ length: 16 }, () => t.change("one", NOT_STARTED, QUEUED, { token })),
    );
    expect(answers.every(({ applied }) => applied)).toBe(true);
    expect(await actions(t)).toEqual(["start", "discover", "announce"]);
  });

  test("gives a token a meaning for its own candidate only", async (t) => {
    await t.submit(["one", "two"]);
    const token = unique();
    await t.change("one", NOT_STARTED, QUEUED, { token });
    expect(await t.change("two", NOT_STARTED, QUEUED, { token })).toEqual({ applied: true });
    expect((await t.record("two"))?.status).toBe("queued");
  });

  test("lets one of 64 changes of one candidate win", async (t) => {
    await t.submit(["one"]);
    const answers = await Promise.all(
      Array.from({ length: 64 }, (_, n) =>
        t.change("one", NOT_STARTED, QUEUED, { inputs: { by: String(n) } }),
      ),
    );
    const winners = answers.flatMap(({ applied }, n) => (applied ? [String(n)] : []));
    expect(winners.length).toBe(1);
    expect((await t.record("one"))?.inputs).toEqual({ by: winners[0] });
    expect(await actions(t)).toEqual(["start", "discover", "announce"]);
  });

  test("loses and doubles nothing when many move a few hot candidates", async (t) => {
    const hot = ["one", "two", "three", "four"];
    await t.submit(hot);
    const won = await Promise.all(Array.from({ length: 16 }, (_, n) => contend(t, hot, n)));
    const records = await Promise.all(hot.map((id) => t.record(id)));
    const moves = records.reduce((sum, record) => sum + movesTo(record), 0);
    expect(won.reduce((sum, wins) => sum + wins)).toBe(moves);
    const { items } = await t.store.listHistory(t.migrationId, { limit: 500 });
    const chain = items.filter(({ candidateId }) => candidateId === "one").map(linkOf);
    expect(new Set(chain).size).toBe(chain.length);
    expect(chain.length).toBe(movesTo(records[0] ?? null));
  });

  test("claims: status and run in one write, in place of an earlier run", async (t) => {
    await t.submit(["one"]);
    await t.bring("one", "running");
    await show(t, "one", 4, "failed");
    await t.bring("one", "not_started");
    const claim = manifestOf(t.migrationId, "one", 2, [{ name: "only" }]);
    const to = { status: "running", attempt: 2 } as const;
    await t.change("one", CANCELLED, to, { claim, at: at(70) });
    const run = { attempt: 2, phase: "running", delivery: "pending", claimedAt: at(70) };
    expect((await t.record("one"))?.run).toEqual(run);
    const ref = { migrationId: t.migrationId, candidateId: "one" };
    expect(await t.store.getRun(ref)).toEqual({ ...run, manifest: claim });
    await t.store.saveProgress(ref, viewAt(1, "open", { attempt: 2 }));
    expect((await t.store.getRun(ref))?.progress?.currentStep?.status).toBe("open");
  });

  test("shows the last view with the change that ends a run", async (t) => {
    await t.submit(["one"]);
    await t.bring("one", "running");
    await show(t, "one", 1, "open");
    const { currentStep: _, ...progress } = progressAt("completed", { phase: "finished" });
    const last = { attempt: 1, sequence: 2, progress };
    await t.change("one", RUNNING, { status: "completed", attempt: 1 }, { progress: last });
    const run = await t.store.getRun({ migrationId: t.migrationId, candidateId: "one" });
    expect(run?.progress).toEqual(progress);
    expect([run?.phase, run?.delivery, run?.currentStep]).toEqual([
      "finished",
      "delivered",
      undefined,
    ]);
  });

  test("shows a run as finished, at no step, once its candidate runs no more", async (t) => {
    await t.submit(["one"]);
    await t.bring("one", "running");
    await show(t, "one", 1, "failed");
    await t.bring("one", "not_started");
    const run = (await t.record("one"))?.run;
    expect([run?.phase, run?.currentStep, run?.attempt]).toEqual(["finished", undefined, 1]);
  });
}

/** Moves random candidates on, from where they are seen to stand. @returns how often it won */
async function contend(t: StoreFixture, ids: readonly string[], client: number): Promise<number> {
  let won = 0;
  for (let round = 0; round < 25; round++) {
    const id = ids[(client + round * 7) % ids.length] ?? "";
    const found = await t.record(id);
    if (!found) continue;
    const { status, attempt } = found;
    const to: Position =
      status === "queued"
        ? { status: "not_started", attempt }
        : { status: "queued", attempt: attempt + 1 };
    const history = historyOf("queue", {
      candidateId: id,
      details: { link: `${to.status} ${to.attempt}` },
    });
    const { applied } = await t.change(id, { status, attempt }, to, { history });
    if (applied) won++;
  }
  return won;
}

function movesTo(record: CandidateRecord | null): number {
  return record ? 2 * record.attempt - (record.status === "queued" ? 1 : 0) : 0;
}

function linkOf({ details }: { readonly details?: Readonly<Record<string, string>> }): string {
  return details?.["link"] ?? "";
}

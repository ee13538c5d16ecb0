import type { CandidateCounts, CandidateRecord, StepStatus } from "@loom/core";
import * as fc from "fast-check";
import type { Runner } from "../runner.ts";
import { unique } from "./builders.ts";
import type { LawTest, StoreFixture } from "./fixture.ts";
import { viewAt } from "./views.ts";

type Deed = readonly ["submit", readonly string[]] | readonly ["bring" | "show", string, string];

const IDS = ["a", "b", "c", "d"];
const id = fc.constantFrom(...IDS);
const status = fc.constantFrom("not_started", "queued", "running", "running", "completed");
const step = fc.constantFrom("failed", "awaiting_review", "open", "completed");
const deeds: fc.Arbitrary<Deed[]> = fc.array(
  fc.oneof(
    fc.tuple(fc.constant("submit" as const), fc.subarray(IDS)),
    fc.tuple(fc.constant("bring" as const), id, status),
    fc.tuple(fc.constant("show" as const), id, step),
  ),
  { minLength: 8, maxLength: 25 },
);

export function countLaws({ expect }: Runner, test: LawTest): void {
  test("counts nothing for a migration that was never announced", async ({ store }) => {
    expect(await store.countCandidates(`m-${unique()}`)).toEqual(recount([]));
  });

  test("counts where candidates stand, and which running ones wait for people", async (t) => {
    await t.submit(["a", "b", "c", "d", "e", "f"]);
    await t.bring("b", "queued");
    await t.bring("c", "completed");
    for (const [n, each] of ["d", "e", "f"].entries()) {
      await t.bring(each, "running");
      await showStep(t, each, n, each === "d" ? "awaiting_review" : "failed");
    }
    const stands = { notStarted: 1, queued: 1, running: 3, completed: 1 };
    const expected = { ...stands, blocked: 2, awaitingReview: 1 };
    expect(await t.store.countCandidates(t.migrationId)).toEqual(expected);
    await t.bring("e", "completed");
    expect(await t.store.countCandidates(t.migrationId)).toMatchObject({
      blocked: 1,
      completed: 2,
    });
  });

  test("counts what a listing would, after whatever happened", async (t) => {
    const law = fc.asyncProperty(deeds, async (done) => {
      const shelf = await t.another();
      await shelf.submit(IDS);
      for (const [sequence, deed] of done.entries()) await perform(shelf, deed, sequence);
      const { items } = await shelf.store.listCandidates(shelf.migrationId, { limit: 500 });
      const counts = await shelf.store.countCandidates(shelf.migrationId);
      expect(counts).toEqual(recount(items));
      const listed = await shelf.store.listMigrations();
      expect(listed.find((each) => each.id === shelf.migrationId)?.counts).toEqual(counts);
    });
    await fc.assert(law, { numRuns: 40 });
  });
}

async function perform(t: StoreFixture, [deed, what, goal]: Deed, sequence: number): Promise<void> {
  if (deed === "submit") await t.submit(what);
  else if (!(await t.record(what))) return;
  else if (deed === "bring") await t.bring(what, goal as CandidateRecord["status"]);
  else await showStep(t, what, sequence, goal as StepStatus);
}

async function showStep(t: StoreFixture, candidateId: string, sequence: number, at: StepStatus) {
  const attempt = (await t.record(candidateId))?.attempt ?? 0;
  const ref = { migrationId: t.migrationId, candidateId };
  await t.store.saveProgress(ref, viewAt(sequence, at, { attempt }));
}

function recount(records: readonly CandidateRecord[]): CandidateCounts {
  const count = (matches: (record: CandidateRecord) => boolean) => records.filter(matches).length;
  const at = (stepStatus: StepStatus) =>
    count((each) => each.status === "running" && each.run?.currentStep?.status === stepStatus);
  return {
    notStarted: count((each) => each.status === "not_started"),
    queued: count((each) => each.status === "queued"),
    running: count((each) => each.status === "running"),
    completed: count((each) => each.status === "completed"),
    blocked: at("failed"),
    awaitingReview: at("awaiting_review"),
  };
}

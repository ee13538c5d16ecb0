import { parseRunId, runIdOf } from "@loom/core";
import * as fc from "fast-check";
import type { Runner } from "../runner.ts";
import { fullCandidate, manifestOf } from "./builders.ts";
import { type LawTest, NOT_STARTED, type StoreFixture } from "./fixture.ts";

/** Ids that have meant something to a language, a database, a URL or a file system. */
export const HOSTILE_IDS: readonly string[] = [
  "__proto__",
  "constructor",
  "hasOwnProperty",
  "toString",
  "{}",
  "{tag}",
  "a:b:c",
  "a/b/../c",
  "..a",
  "a__b",
  "_",
  "__",
  "%",
  "%2f",
  "%00",
  "a%_b",
  "*",
  "[a]",
  "\\",
  "'; DROP TABLE candidates; --",
  '"',
  "`$(x)`",
  " leading",
  "trailing ",
  "A",
  "a",
  "0",
  "null",
  "undefined",
  "true",
  "-1",
  "ß",
  "İ",
  "\u00e9",
  "e\u0301",
  "\u2028",
  "\uFEFF",
  "👩‍👩‍👧",
  "\u{10FFFF}",
  "\uFFFD",
  "x".repeat(200),
];

/** Any id that the rules of ids allow. */
const anyId = fc
  .oneof(
    fc.string({ unit: "binary", minLength: 1, maxLength: 60 }),
    fc.string({
      unit: fc.constantFrom("_", "{", "}", ":", "/", "%", ".", "\\", " ", "a", "A"),
      minLength: 1,
      maxLength: 12,
    }),
    fc.constantFrom(...HOSTILE_IDS),
  )
  .filter((id) => parseRunId(runIdOf("m", id))?.candidateId === id);

export function idLaws({ expect }: Runner, test: LawTest): void {
  const survive = async (t: StoreFixture, ids: readonly string[]) => {
    await t.submit(ids.map(fullCandidate));
    for (const id of ids) {
      await t.bring(id, "running");
      const record = await t.record(id);
      expect(record?.candidate).toEqual(fullCandidate(id));
      expect(record).toMatchObject({ status: "running", attempt: 1 });
      const run = await t.store.getRun({ migrationId: t.migrationId, candidateId: id });
      expect(run?.manifest).toEqual(manifestOf(t.migrationId, id, 1));
    }
    expect((await t.list({}, 500)).toSorted()).toEqual(ids.toSorted());
  };

  test("keeps candidates with hostile ids apart", (t) => survive(t, HOSTILE_IDS));

  test("keeps candidates with any ids that the rules allow apart", async (t) => {
    const someIds = fc.uniqueArray(anyId, { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(someIds, async (ids) => survive(await t.another(), ids)),
      { numRuns: 40 },
    );
  });

  test("does not take the name of something inherited for a candidate", async (t) => {
    for (const id of ["__proto__", "constructor", "toString"]) {
      expect(await t.record(id)).toBe(null);
      const to = { status: "queued", attempt: 1 } as const;
      expect(await t.change(id, NOT_STARTED, to)).toEqual({ applied: false, found: null });
    }
  });
}

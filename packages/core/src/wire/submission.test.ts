import { expect, test } from "vitest";
import { LoomError } from "../errors.ts";
import { CandidateSubmissionSchema, MigrationAnnouncementSchema, parse } from "./index.ts";

const submit = (candidates: unknown, discovery?: unknown) =>
  parse(CandidateSubmissionSchema, { candidates, discovery });
const issuesOf = (act: () => unknown) => {
  try {
    act();
  } catch (error) {
    if (LoomError.is(error, "validation_failed")) return error.details.issues ?? [];
  }
  return [];
};
const numbered = (count: number) => Array.from({ length: count }, (_, i) => ({ id: `c${i}` }));

test("a submission holds 10,000 candidates and no more", () => {
  expect(submit(numbered(10_000)).candidates).toHaveLength(10_000);
  expect(issuesOf(() => submit(numbered(10_001)))).toEqual([
    { path: "candidates", message: "has 10001 items; send at most 10000" },
  ]);
});

test("an id that repeats is told with both places", () => {
  expect(issuesOf(() => submit([{ id: "a" }, { id: "b" }, { id: "a" }]))).toEqual([
    { path: "candidates.2.id", message: "repeats the id of item 0; send each candidate once" },
  ]);
});

test("ids that only JavaScript confuses are different candidates", () => {
  const ids = ["__proto__", "constructor", "hasOwnProperty", "é", "e\u0301", "A", "a"];
  expect(submit(ids.map((id) => ({ id }))).candidates.map(({ id }) => id)).toEqual(ids);
});

test("a long list of wrong candidates is given up at 50 issues", () => {
  const wrong = Array.from({ length: 10_000 }, () => ({ steps: Array(200).fill(0) }));
  const issues = issuesOf(() => submit(wrong));
  expect(issues).toHaveLength(50);
  expect(issues[0]).toEqual({ path: "candidates.0.id", message: "is missing; add it" });
});

test("the issues of a candidate name its place in the list", () => {
  expect(issuesOf(() => submit([{ id: "a" }, { id: "..", state: { v: 1 } }]))).toEqual([
    { path: "candidates.1.id", message: "must not be . or .., which a URL collapses" },
    {
      path: "candidates.1.state.v",
      message: "must be text; write it as a string or leave the key out",
    },
  ]);
});

test("a candidate's own steps are a plan: their names are unique", () => {
  const steps = [{ name: "a" }, { name: "b" }, { name: "a" }];
  expect(issuesOf(() => submit([{ id: "x", steps }]))).toEqual([
    {
      path: "candidates.0.steps.2.name",
      message: "repeats the name of item 0; step names are unique in a plan",
    },
  ]);
});

test("what is no list is refused", () => {
  for (const candidates of [undefined, null])
    expect(issuesOf(() => submit(candidates))[0]?.path).toBe("candidates");
  for (const candidates of [{}, "x", { length: 2 }])
    expect(issuesOf(() => submit(candidates))).toEqual([
      { path: "candidates", message: "must be a list" },
    ]);
});

test("a chunk names its discovery and says whether it is the last", () => {
  expect(submit([], { id: "d", complete: true }).discovery).toEqual({ id: "d", complete: true });
  expect(issuesOf(() => submit([], { id: "d" }))[0]?.path).toBe("discovery.complete");
  expect(issuesOf(() => submit([], { id: "", complete: false }))[0]?.path).toBe("discovery.id");
});

test("an announcement carries candidates under the same rules", () => {
  const announce = (candidates: unknown) =>
    parse(MigrationAnnouncementSchema, {
      id: "m",
      name: "M",
      steps: [],
      migratorUrl: "http://m",
      candidates,
    });
  expect(announce([]).candidates).toEqual([]);
  expect("candidates" in announce(null)).toBe(false);
  expect(issuesOf(() => announce([{ id: "a" }, { id: "a" }]))[0]?.path).toBe("candidates.1.id");
});

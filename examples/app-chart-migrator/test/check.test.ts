import { describe, expect, test } from "vitest";
import { compareSets } from "../check/fact.ts";
import {
  checkBranches,
  checkCancelled,
  checkFiles,
  checkMerges,
  checkPushes,
} from "../check/history.ts";
import type { Snapshot } from "../check/snapshot.ts";
import type { PullRequest } from "../forge/pull-request.ts";

const merged: PullRequest = {
  repo: "acme/gitops",
  number: 1,
  key: "acme/gitops#1",
  url: "https://git.acme.example/acme/gitops/pull/1",
  title: "mailer: migrate-dev",
  branch: "loom/mailer",
  head: "h1",
  state: "merged",
  mergeCommit: "m1",
};

const good: Snapshot = {
  repo: "acme/gitops",
  before: new Map([["a", "1"]]),
  now: new Map([["a", "2"]]),
  commits: [
    { id: "p1", parents: ["p0"], subject: "mailer: pause-prune-dev" },
    { id: "m1", parents: ["p1", "h1"], subject: "Merge pull request #1" },
  ],
  branches: ["main"],
};

describe("two lists", () => {
  test("are told apart by what is missing and what is surplus", () => {
    expect(compareSets("x", ["a", "b"], ["b", "c"])).toEqual([
      { where: "x", expected: ["a"], found: ["c"] },
    ]);
  });

  test("differ when one has something twice", () => {
    expect(compareSets("x", ["a"], ["a", "a"])).toEqual([
      { where: "x", expected: [], found: ["a"] },
    ]);
  });
});

describe("merges", () => {
  const expected = ["mailer: migrate-dev"];

  test("are right with one merge commit of each branch", () => {
    expect(checkMerges(good, expected, [merged])).toEqual([]);
  });

  test("are wrong when the merge commit merges something else", () => {
    const commits = [{ id: "m1", parents: ["p1", "other"], subject: "Merge pull request #1" }];
    expect(checkMerges({ ...good, commits }, expected, [merged])).toHaveLength(1);
  });

  test("are wrong when the branch went to main without a merge commit", () => {
    const commits = [{ id: "h1", parents: ["p1"], subject: "mailer: migrate-dev" }];
    expect(checkMerges({ ...good, commits }, expected, [merged])).toEqual([
      { where: "acme/gitops merge commits", expected, found: [] },
    ]);
  });

  test("are wrong when one was not expected", () => {
    expect(checkMerges(good, [], [merged])).not.toEqual([]);
  });
});

describe("main", () => {
  test("has only commits that were expected there", () => {
    expect(checkPushes(good, ["mailer: pause-prune-dev"])).toEqual([]);
    expect(checkPushes(good, [])).toHaveLength(1);
  });

  test("has only changes that were expected there", () => {
    expect(checkFiles(good, ["changed a"])).toEqual([]);
    expect(checkFiles({ ...good, now: new Map() }, ["changed a"])).toEqual([
      { where: "acme/gitops files", expected: ["changed a"], found: ["deleted a"] },
    ]);
  });

  test("is the only branch", () => {
    expect(checkBranches({ ...good, branches: ["loom/mailer", "main"] })).toHaveLength(1);
  });
});

describe("the pull request of a cancelled attempt", () => {
  test("is closed and was never merged", () => {
    expect(checkCancelled(good, { ...merged, head: "h2", state: "closed" })).toEqual([]);
  });

  test("must not be merged, whatever the forge says", () => {
    expect(checkCancelled(good, { ...merged, state: "closed" })).toHaveLength(1);
  });

  test("must have been there", () => {
    expect(checkCancelled(good, undefined)).toHaveLength(1);
  });
});

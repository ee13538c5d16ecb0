import type { PullRequest } from "../forge/pull-request.ts";
import { compare, compareSets, type Finding } from "./fact.ts";
import { changesBetween, type Snapshot } from "./snapshot.ts";

/** Only these files differ from what they were before the migration. */
export function checkFiles(
  { repo, before, now }: Snapshot,
  expected: readonly string[],
): Finding[] {
  return compareSets(`${repo} files`, expected, changesBetween(before, now));
}

/** Each expected pull request has one merge commit, whose second parent is the end of its branch; there is no other one. */
export function checkMerges(
  { repo, commits }: Snapshot,
  expected: readonly string[],
  requests: readonly PullRequest[],
): Finding[] {
  const merges = commits.filter(({ parents }) => parents.length > 1);
  const titles = merges.map(({ id, parents }) => {
    const merged = requests.find((it) => it.mergeCommit === id && it.head === parents[1]);
    return merged?.title ?? `${id}, which merges no pull request`;
  });
  const recorded = requests.filter((it) => it.repo === repo && it.state === "merged");
  return [
    ...compareSets(`${repo} merge commits`, expected, titles),
    ...compareSets(
      `${repo} merged pull requests`,
      expected,
      recorded.map(({ title }) => title),
    ),
  ];
}

/** Nothing else is on `main` than what was expected there without a pull request. */
export function checkPushes({ repo, commits }: Snapshot, expected: readonly string[]): Finding[] {
  const pushed = commits.filter(({ parents }) => parents.length < 2);
  return compareSets(
    `${repo} pushes`,
    expected,
    pushed.map(({ subject }) => subject),
  );
}

/** Only `main` is there. */
export function checkBranches({ repo, branches }: Snapshot): Finding[] {
  return compareSets(`${repo} branches`, ["main"], branches);
}

/** A pull request was closed, and its commit is no part of `main`. */
export function checkCancelled({ repo, commits }: Snapshot, request?: PullRequest): Finding[] {
  const merged = commits.some(({ parents }) => request && parents.includes(request.head));
  const found = `${request?.state ?? "missing"}, ${merged ? "merged" : "not merged"}`;
  return compare(request?.key ?? `${repo} pull request`, "closed, not merged", found);
}

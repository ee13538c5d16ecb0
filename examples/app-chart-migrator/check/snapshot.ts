import type { Fleet } from "../fleet/fleet.ts";
import { type Commit, type Files, readBranches, readFiles, readLog } from "../git/read.ts";

/** A repository before the migration and now, read from git alone. */
export interface Snapshot {
  readonly repo: string;
  readonly before: Files;
  readonly now: Files;
  /** The commits on `main` itself since then, the first one first: merges, and commits pushed to it. */
  readonly commits: readonly Commit[];
  readonly branches: readonly string[];
}

/** Reads every repository of the fleet. */
export async function readSnapshots(fleet: Fleet): Promise<Snapshot[]> {
  const snapshots = [...fleet.baselines].map(async ([repo, baseline]) => {
    const path = fleet.pathOf(repo);
    const [before, now, commits, branches] = await Promise.all([
      readFiles(path, baseline),
      readFiles(path, "refs/heads/main"),
      readLog(path, { from: baseline, to: "refs/heads/main", firstParent: true }),
      readBranches(path),
    ]);
    return { repo, before, now, commits: commits.toReversed(), branches };
  });
  return await Promise.all(snapshots);
}

/** How two versions of a repository differ, as `added|changed|deleted path`. */
export function changesBetween(before: Files, now: Files): string[] {
  const paths = new Set([...before.keys(), ...now.keys()]);
  return [...paths].toSorted().flatMap((path) => {
    if (before.get(path) === now.get(path)) return [];
    if (!before.has(path)) return [`added ${path}`];
    return [now.has(path) ? `changed ${path}` : `deleted ${path}`];
  });
}

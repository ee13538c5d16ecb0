import type { DryRunResult, FileDiff } from "@loom/core";
import type { Fleet } from "../fleet/fleet.ts";
import { type Files, readFiles, readLog } from "../git/read.ts";
import { compare, type Finding } from "./fact.ts";

/** A dry-run, as it was shown before the run. */
export interface Preview {
  readonly candidateId: string;
  readonly result: DryRunResult;
}

/** For each step of a dry-run that changes files: the commit of that step did exactly this, byte for byte. */
export async function checkPreview(
  fleet: Fleet,
  { candidateId, result }: Preview,
): Promise<Finding[]> {
  const steps = result.steps.filter(({ files = [] }) => files.length > 0);
  const findings = steps.map(async ({ stepName, files = [] }) => {
    const subject = `${candidateId}: ${stepName}`;
    const done = await committed(fleet, files[0]?.repo ?? "", subject);
    return compare(subject, inOrder(files), inOrder(done));
  });
  const some = compare(`${candidateId}: the dry-run has changes`, true, steps.length > 0);
  return [...some, ...(await Promise.all(findings)).flat()];
}

/** What the commits with this subject did. */
async function committed(fleet: Fleet, repo: string, subject: string): Promise<FileDiff[]> {
  const from = fleet.baselines.get(repo);
  if (from === undefined) return [];
  const path = fleet.pathOf(repo);
  const commits = await readLog(path, { from, to: "refs/heads/main" });
  const diffs = commits
    .filter((commit) => commit.subject === subject)
    .map(async ({ id }) => {
      const versions = [readFiles(path, `${id}^`), readFiles(path, id)] as const;
      return diff(repo, ...(await Promise.all(versions)));
    });
  return (await Promise.all(diffs)).flat();
}

function diff(repo: string, before: Files, after: Files): FileDiff[] {
  const paths = new Set([...before.keys(), ...after.keys()]);
  const changed = [...paths].filter((path) => before.get(path) !== after.get(path));
  return changed.map((path) => fileDiff(repo, path, before.get(path), after.get(path)));
}

function fileDiff(repo: string, path: string, before?: string, after?: string): FileDiff {
  if (before === undefined) return { repo, path, status: "new", after: after ?? "" };
  if (after === undefined) return { repo, path, status: "deleted", before };
  return { repo, path, status: "modified", before, after };
}

function inOrder(files: readonly FileDiff[]): FileDiff[] {
  return files.toSorted((one, other) => (one.path < other.path ? -1 : 1));
}

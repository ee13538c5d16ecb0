import { rm } from "node:fs/promises";
import { join } from "node:path";
import { git, type Identity } from "./git.ts";
import { lines, readRevision } from "./read.ts";

/** A merge to perform. */
export interface MergePlan {
  readonly branch: string;
  readonly head: string;
  readonly author: Identity;
  readonly message: string;
}

/**
 * Merges a branch into `main` with a merge commit and deletes the branch, in one transaction on a bare repository. When
 * somebody pushes to `main` in between, it starts again from there.
 * @returns the id of the merge commit
 * @throws Error when the branch conflicts with `main`
 */
export async function mergeIntoMain(directory: string, plan: MergePlan): Promise<string> {
  const main = await readRevision(directory, "refs/heads/main");
  const tree = await mergedTree(directory, main, plan.head);
  const parents = ["-p", main, "-p", plan.head];
  const commit = lines(
    await git(directory, ["commit-tree", tree, ...parents, "-m", plan.message], {
      env: identityEnvironment(plan.author),
    }),
  ).join("");
  const moved = await updateRefs(directory, plan, { from: main, to: commit });
  return moved ? commit : await mergeIntoMain(directory, plan);
}

async function mergedTree(directory: string, ours: string, theirs: string): Promise<string> {
  const index = join(directory, `merge-${theirs}.index`);
  const env = { GIT_INDEX_FILE: index };
  try {
    const base = (await git(directory, ["merge-base", ours, theirs])).trim();
    await git(directory, ["read-tree", "-i", "-m", "--aggressive", base, ours, theirs], { env });
    return (await git(directory, ["write-tree"], { env })).trim();
  } finally {
    await rm(index, { force: true });
  }
}

/** @returns false when `main` is no longer where it was */
async function updateRefs(
  directory: string,
  plan: MergePlan,
  main: { readonly from: string; readonly to: string },
): Promise<boolean> {
  const input = [
    `update refs/heads/main ${main.to} ${main.from}`,
    `delete refs/heads/${plan.branch} ${plan.head}`,
    "",
  ].join("\n");
  try {
    await git(directory, ["update-ref", "--stdin"], { input });
    return true;
  } catch (error) {
    if ((await readRevision(directory, "refs/heads/main")) === main.from) throw error;
    return false;
  }
}

function identityEnvironment({ name, email }: Identity): Record<string, string> {
  return {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
  };
}

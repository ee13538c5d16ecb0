import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { git, type Identity } from "./git.ts";

/** What a commit does to a file: new content, or `undefined` to delete it. */
export interface FileEdit {
  readonly path: string;
  readonly content: string | undefined;
}

/** A commit to write. */
export interface CommitPlan {
  readonly branch: string;
  /** Where it starts; the branch's own end when absent. */
  readonly from?: string;
  readonly author: Identity;
  readonly message: string;
  readonly edits: readonly FileEdit[];
  readonly tags?: readonly string[];
}

/** Makes an empty bare repository whose default branch is `main`. */
export async function createRepository(parent: string, name: string): Promise<void> {
  await git(parent, ["init", "--quiet", "--bare", "--template=", "--initial-branch=main", name]);
  await appendFile(join(parent, name, "config"), "[receive]\n\tautogc = false\n");
}

/**
 * Writes commits with a single process and no work tree.
 * @returns the ids of the commits
 */
export async function writeCommits(
  directory: string,
  plans: readonly CommitPlan[],
): Promise<string[]> {
  const input = plans.map((plan, index) => commitStream(plan, index + 1)).join("");
  const output = await git(directory, ["fast-import", "--quiet", "--force", "--done"], {
    input: `${input}done\n`,
  });
  return output.split("\n").filter(Boolean);
}

function commitStream(plan: CommitPlan, mark: number): string {
  const { name, email } = plan.author;
  const when = Math.floor(Date.now() / 1000);
  return [
    `commit refs/heads/${plan.branch}`,
    `mark :${mark}`,
    `committer ${name} <${email}> ${when} +0000`,
    data(plan.message),
    ...(plan.from === undefined ? [] : [`from ${plan.from}`]),
    ...plan.edits.map(editStream),
    "",
    ...(plan.tags ?? []).flatMap((tag) => [`reset refs/tags/${tag}`, `from :${mark}`, ""]),
    `get-mark :${mark}`,
    "",
  ].join("\n");
}

function editStream({ path, content }: FileEdit): string {
  return content === undefined ? `D ${path}` : `M 100644 inline ${path}\n${data(content)}`;
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}`;
}

import { git } from "./git.ts";

/** The files of one commit: path → content. */
export type Files = ReadonlyMap<string, string>;

/** Reads every text file of a revision, with two git processes however many there are. */
export async function readFiles(directory: string, revision: string): Promise<Files> {
  const entries = lines(await git(directory, ["ls-tree", "-r", revision])).map(treeEntry);
  const input = entries.map(({ blob }) => `${blob}\n`).join("");
  const output = Buffer.from(await git(directory, ["cat-file", "--batch"], { input }));
  const contents = blobs(output);
  return new Map(entries.map(({ path }, index) => [path, contents[index] ?? ""]));
}

/** Parses `<mode> blob <id>\t<path>`. */
function treeEntry(line: string): { blob: string; path: string } {
  const [about = "", path = ""] = line.split("\t");
  return { blob: about.split(" ")[2] ?? "", path };
}

/** Parses `<id> blob <size>\n<content>\n`, repeated. */
function blobs(output: Buffer): string[] {
  const found: string[] = [];
  for (let at = 0; at < output.length; ) {
    const start = output.indexOf(10, at) + 1;
    const size = Number(output.toString("utf8", at, start).trim().split(" ")[2]);
    found.push(output.toString("utf8", start, start + size));
    at = start + size + 1;
  }
  return found;
}

/** One commit, as history shows it. */
export interface Commit {
  readonly id: string;
  readonly parents: readonly string[];
  readonly subject: string;
}

/** The commits reachable from `to` and not from `from`, the latest first. */
export async function readLog(
  directory: string,
  range: { readonly from: string; readonly to: string; readonly firstParent?: boolean },
): Promise<Commit[]> {
  const only = range.firstParent ? ["--first-parent"] : [];
  const log = await git(directory, [
    "log",
    ...only,
    "--format=%H%x00%P%x00%s",
    `${range.from}..${range.to}`,
  ]);
  return lines(log).map((line) => {
    const [id = "", parents = "", subject = ""] = line.split("\0");
    return { id, parents: parents.split(" ").filter(Boolean), subject };
  });
}

/** The names of all branches. */
export async function readBranches(directory: string): Promise<string[]> {
  return lines(await git(directory, ["for-each-ref", "--format=%(refname:short)", "refs/heads"]));
}

/** The full id of a revision. */
export async function readRevision(directory: string, revision: string): Promise<string> {
  return (await git(directory, ["rev-parse", "--verify", "--quiet", revision])).trim();
}

/** Splits what git printed into lines. */
export function lines(text: string): string[] {
  return text.split("\n").filter(Boolean);
}

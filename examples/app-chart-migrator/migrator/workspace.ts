import { join } from "node:path";
import { createTurns } from "../git/concurrency.ts";
import { git, type Identity } from "../git/git.ts";
import { type Files, readFiles } from "../git/read.ts";
import { createRepository, type FileEdit, writeCommits } from "../git/write.ts";

/** Clones of repositories, to read them and to push to them. */
export interface Workspace {
  /** The files on `main`, as the remote has them now. */
  read(repo: string): Promise<Files>;
  readTags(repo: string): Promise<string[]>;
  /** Pushes one commit on top of `main`, as it was last read, to a branch, over what an earlier try may have left. @returns its id */
  pushBranch(
    repo: string,
    branch: string,
    edits: readonly FileEdit[],
    message: string,
  ): Promise<string>;
  /** Pushes one commit to `main` itself, again from its new end when somebody else was faster. @returns its id */
  pushMain(repo: string, edits: readonly FileEdit[], message: string): Promise<string>;
}

const AUTHOR: Identity = { name: "app-chart-migrator", email: "migrator@acme.example" };
/** Where a clone keeps the remote's `main`. */
const MAIN = "refs/remotes/origin/main";
const TRIES = 10;
/** What git says when somebody else has pushed in the meantime. */
const WAS_FASTER = /\[rejected\]|\[remote rejected\]/;

/**
 * Makes a workspace of bare clones in a folder.
 * @param remoteOf where git finds a repository, by its `owner/name`
 */
export function createWorkspace(directory: string, remoteOf: (repo: string) => string): Workspace {
  const clones = new Map<string, Promise<string>>();
  const oneAtATime = createTurns();
  const clone = async (repo: string) => {
    const name = `${repo.replaceAll("/", "--")}.git`;
    await createRepository(directory, name);
    await git(join(directory, name), ["remote", "add", "origin", remoteOf(repo)]);
    return join(directory, name);
  };
  const fetch = async (repo: string) => {
    const path = clones.get(repo) ?? clone(repo);
    clones.set(repo, path);
    await git(await path, ["fetch", "--quiet", "--no-tags", "origin", `+refs/heads/main:${MAIN}`]);
    return await path;
  };
  const push = async (
    repo: string,
    { edits, message, to }: { edits: readonly FileEdit[]; message: string; to: string },
  ) => {
    const path = await (clones.get(repo) ?? fetch(repo));
    const plan = { branch: "outgoing", from: MAIN, author: AUTHOR, message, edits };
    const [commit = ""] = await writeCommits(path, [plan]);
    const force = to === "main" ? "" : "+";
    await git(path, ["push", "--quiet", "origin", `${force}${commit}:refs/heads/${to}`]);
    return commit;
  };
  return {
    read: async (repo) =>
      await readFiles(await oneAtATime(repo, async () => await fetch(repo)), MAIN),
    readTags: async (repo) => {
      const listing = await git(directory, ["ls-remote", "--tags", "--refs", remoteOf(repo)]);
      return [...listing.matchAll(/refs\/tags\/(.+)$/gm)].map(([, tag = ""]) => tag);
    },
    pushBranch: async (repo, branch, edits, message) =>
      await oneAtATime(repo, async () => await push(repo, { edits, message, to: branch })),
    pushMain: async (repo, edits, message) =>
      await oneAtATime(repo, async () => {
        for (let tries = 1; ; tries++) {
          try {
            return await push(repo, { edits, message, to: "main" });
          } catch (error) {
            if (tries === TRIES || !WAS_FASTER.test(String(error))) throw error;
            await fetch(repo);
          }
        }
      }),
  };
}

import { createTurns } from "../git/concurrency.ts";
import { git, type Identity } from "../git/git.ts";
import { type Files, readFiles } from "../git/read.ts";
import { type FileEdit, writeCommits } from "../git/write.ts";
import { type Clones, createClones, MAIN } from "./clones.ts";

/** Reads repositories and pushes to them. */
export interface Workspace {
  /** The files on `main`, as the remote has them now. */
  read(repo: string): Promise<Files>;
  readTags(repo: string): Promise<string[]>;
  /** Pushes a commit on top of `main`, as it was last read, to a branch, over what an earlier try may have left. @returns its id */
  pushBranch(
    repo: string,
    branch: string,
    edits: readonly FileEdit[],
    message: string,
  ): Promise<string>;
  /** Pushes a commit to `main` itself, again from its new end when somebody else was faster. @returns its id */
  pushMain(repo: string, edits: readonly FileEdit[], message: string): Promise<string>;
}

const AUTHOR: Identity = { name: "app-chart-migrator", email: "migrator@acme.example" };
const TRIES = 10;
/** What git says when somebody else has pushed in the meantime. */
const WAS_FASTER = /\[rejected\]|\[remote rejected\]/;

/**
 * Makes a workspace of bare clones in a folder. Everything that touches one clone happens one after the other.
 * @param remoteOf where git finds a repository, by its `owner/name`
 */
export function createWorkspace(directory: string, remoteOf: (repo: string) => string): Workspace {
  const clones = createClones(directory, remoteOf);
  const inTurn = createTurns();
  return {
    read: createReader(clones, inTurn),
    readTags: async (repo) => {
      const listing = await git(directory, ["ls-remote", "--tags", "--refs", remoteOf(repo)]);
      return [...listing.matchAll(/refs\/tags\/(.+)$/gm)].map(([, tag = ""]) => tag);
    },
    pushBranch: async (repo, branch, edits, message) =>
      await inTurn(repo, async () => {
        const path = await clones.path(repo);
        return await push(path, edits, message, (commit) => `+${commit}:refs/heads/${branch}`);
      }),
    pushMain: async (repo, edits, message) =>
      await inTurn(repo, async () => await pushMain(clones, repo, edits, message)),
  };
}

/** Whoever asks before the next read has begun shares it: it shows what was there when they asked, or later. */
function createReader(clones: Clones, inTurn: ReturnType<typeof createTurns>): Workspace["read"] {
  const nextReads = new Map<string, Promise<Files>>();
  return async (repo) => {
    const read = async () => {
      nextReads.delete(repo);
      return await readFiles(await clones.fetch(repo), MAIN);
    };
    const next = nextReads.get(repo) ?? inTurn(repo, read);
    nextReads.set(repo, next);
    return await next;
  };
}

async function pushMain(
  clones: Clones,
  repo: string,
  edits: readonly FileEdit[],
  message: string,
): Promise<string> {
  const path = await clones.path(repo);
  for (let tries = 1; ; tries++) {
    try {
      return await push(path, edits, message, (commit) => `${commit}:refs/heads/main`);
    } catch (error) {
      if (tries === TRIES || !WAS_FASTER.test(String(error))) throw error;
      await clones.fetch(repo);
    }
  }
}

async function push(
  path: string,
  edits: readonly FileEdit[],
  message: string,
  refspecOf: (commit: string) => string,
): Promise<string> {
  const plan = { branch: "outgoing", from: MAIN, author: AUTHOR, message, edits };
  const [commit = ""] = await writeCommits(path, [plan]);
  await git(path, ["push", "--quiet", "origin", refspecOf(commit)]);
  return commit;
}

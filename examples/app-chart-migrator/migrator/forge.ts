import type { FileChange } from "@loom/migrator-sdk";
import type { PullRequest } from "../forge/pull-request.ts";
import type { Files } from "../git/read.ts";
import type { ForgeClient } from "./forge-client.ts";
import type { Workspace } from "./workspace.ts";

/** What the migration does with repositories. All of it may be repeated: it looks for what is there before it creates. */
export interface Forge {
  /** The files on `main`, as they are now. */
  read(repo: string): Promise<Files>;
  readTags(repo: string): Promise<readonly string[]>;
  /** Pushes a branch with the changes, which are of one repository, and opens its pull request. */
  propose(branch: string, title: string, changes: readonly FileChange[]): Promise<PullRequest>;
  /** Closes the pull request of a branch, if there is one and it is open. */
  withdraw(branch: string): Promise<PullRequest | undefined>;
  /** How the pull request behind a key stands. */
  status(key: string): Promise<PullRequest["state"]>;
  /** Commits the changes, which are of one repository, to `main` itself; nothing when they change nothing. */
  commit(title: string, changes: readonly FileChange[]): Promise<void>;
}

/** Joins git and the forge's API. */
export function createForge(workspace: Workspace, client: ForgeClient): Forge {
  return {
    read: async (repo) => await workspace.read(repo),
    readTags: async (repo) => await workspace.readTags(repo),
    propose: async (branch, title, changes) => {
      const known = await client.find(branch);
      if (known && known.state !== "closed") return known;
      const repo = repoOf(changes);
      await workspace.pushBranch(repo, branch, changes.map(editOf), title);
      return await client.open(repo, branch, title);
    },
    withdraw: async (branch) => {
      const known = await client.find(branch);
      return known?.state === "open" ? await client.close(known.key) : known;
    },
    status: async (key) => (await client.read(key)).state,
    commit: async (title, changes) => {
      const edits = changes.filter(({ before, after }) => before !== after).map(editOf);
      if (edits.length > 0) await workspace.pushMain(repoOf(changes), edits, title);
    },
  };
}

function editOf({ path, after }: FileChange): { path: string; content: string | undefined } {
  return { path, content: after };
}

function repoOf([first]: readonly FileChange[]): string {
  if (!first) throw new Error("There is nothing to change");
  return first.repo;
}

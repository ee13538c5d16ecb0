import { createTurns } from "../git/concurrency.ts";
import { git, type Identity } from "../git/git.ts";
import { mergeIntoMain } from "../git/merge.ts";
import { readRevision } from "../git/read.ts";
import type { PullRequest, PullRequestRef } from "./pull-request.ts";

/** A small forge: bare repositories on disk, and the pull requests between their branches. */
export interface Forge {
  /** Opens a pull request for a branch that was pushed; the same one again when it has one. @throws Error for a branch that was not pushed */
  open(
    repo: string,
    request: { readonly branch: string; readonly title: string },
  ): Promise<PullRequest>;
  /** Merges it with a merge commit; one merge per repository at a time. */
  merge(ref: PullRequestRef, reviewer: Identity): Promise<PullRequest>;
  /** Closes it without merging, and deletes its branch. One that is not open stays as it is. */
  close(ref: PullRequestRef): Promise<PullRequest>;
  find(ref: PullRequestRef): PullRequest | undefined;
  /** All, in the order in which they were opened. */
  list(): readonly PullRequest[];
  /** Calls back for each one opened, merged or closed. */
  watch(listener: (change: PullRequest) => void): void;
}

/**
 * Makes a forge over existing repositories.
 * @param pathOf the folder of a repository, by its `owner/name`
 */
export function createForge(pathOf: (repo: string) => string): Forge {
  const requests: PullRequest[] = [];
  const listeners: ((change: PullRequest) => void)[] = [];
  const oneAtATime = createTurns();
  const find = (ref: PullRequestRef) =>
    requests.find((it) => it.repo === ref.repo && it.number === ref.number);
  const save = (changed: PullRequest) => {
    const known = requests.findIndex((it) => it.key === changed.key);
    requests.splice(known < 0 ? requests.length : known, 1, changed);
    for (const listener of listeners) listener(changed);
    return changed;
  };
  const whenOpen = async (
    ref: PullRequestRef,
    change: (request: PullRequest) => Promise<PullRequest>,
  ) =>
    await oneAtATime(ref.repo, async () => {
      const request = find(ref);
      if (!request) throw new Error(`There is no pull request ${ref.repo}#${ref.number}`);
      return request.state === "open" ? save(await change(request)) : request;
    });
  return {
    find,
    list: () => requests,
    watch: (listener) => void listeners.push(listener),
    open: async (repo, { branch, title }) =>
      await oneAtATime(repo, async () => {
        const known = requests.find((it) => it.repo === repo && it.branch === branch);
        if (known && known.state !== "closed") return known;
        const head = await readRevision(pathOf(repo), `refs/heads/${branch}`);
        const number = requests.filter((it) => it.repo === repo).length + 1;
        return save({ ...describe(repo, number), state: "open", branch, title, head });
      }),
    merge: async (ref, reviewer) =>
      await whenOpen(ref, async (request) => {
        const message = `Merge pull request #${request.number}: ${request.title}`;
        const plan = { branch: request.branch, head: request.head, author: reviewer, message };
        const mergeCommit = await mergeIntoMain(pathOf(request.repo), plan);
        return { ...request, state: "merged", mergeCommit };
      }),
    close: async (ref) =>
      await whenOpen(ref, async (request) => {
        await git(pathOf(request.repo), ["update-ref", "-d", `refs/heads/${request.branch}`]);
        return { ...request, state: "closed" };
      }),
  };
}

function describe(repo: string, number: number) {
  const url = `https://git.acme.example/${repo}/pull/${number}`;
  return { repo, number, key: `${repo}#${number}`, url };
}

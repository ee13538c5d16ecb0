import { rm } from "node:fs/promises";
import { join } from "node:path";
import { git } from "../git/git.ts";
import { createRepository } from "../git/write.ts";

/** Where a clone keeps the remote's `main`. */
export const MAIN = "refs/remotes/origin/main";

/** Bare clones in a folder, made when they are first needed. */
export interface Clones {
  /** The folder of a clone. */
  path(repo: string): Promise<string>;
  /** Brings {@link MAIN} up to date. @returns the folder of the clone */
  fetch(repo: string): Promise<string>;
}

/** @param remoteOf where git finds a repository, by its `owner/name` */
export function createClones(directory: string, remoteOf: (repo: string) => string): Clones {
  const paths = new Map<string, Promise<string>>();
  const clone = async (repo: string) => {
    const name = `${repo.replaceAll("/", "--")}.git`;
    const path = join(directory, name);
    await rm(path, { recursive: true, force: true });
    await createRepository(directory, name);
    await git(path, ["remote", "add", "origin", remoteOf(repo)]);
    return await fetchMain(path);
  };
  const pathOf = async (repo: string) => {
    const path = paths.get(repo) ?? clone(repo);
    paths.set(repo, path);
    // One that could not be made is tried again by the next who needs it.
    path.catch(() => paths.delete(repo));
    return await path;
  };
  return {
    path: pathOf,
    fetch: async (repo) =>
      paths.has(repo) ? await fetchMain(await pathOf(repo)) : await pathOf(repo),
  };
}

async function fetchMain(path: string): Promise<string> {
  await git(path, ["fetch", "--quiet", "--no-tags", "origin", `+refs/heads/main:${MAIN}`]);
  return path;
}

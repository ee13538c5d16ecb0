import { mkdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Identity } from "../git/git.ts";
import { git } from "../git/git.ts";
import { readRevision } from "../git/read.ts";
import { type CommitPlan, createRepository, writeCommits } from "../git/write.ts";
import { appChartDeployment, genericDeployment, serviceFiles } from "./files.ts";
import { GITOPS_REPO, inventServices, MIGRATED_SERVICE, type Service } from "./services.ts";

/** Bare repositories on disk, as they were before the migration. */
export interface Fleet {
  /** The services on the generic chart: what the migration has to find. */
  readonly services: readonly Service[];
  /** The folder of a repository, by its `owner/name`. */
  readonly pathOf: (repo: string) => string;
  /** The end of `main` of each repository when the fleet was made. */
  readonly baselines: ReadonlyMap<string, string>;
  /** A release that somebody forgot to tag, which one of the verifications finds out. */
  readonly forgottenTag: { readonly service: string; readonly repo: string; readonly tag: string };
  /** What the people of that service do about it. */
  pushForgottenTag(): Promise<void>;
}

const PEOPLE: Identity = { name: "Acme Developers", email: "developers@acme.example" };

/** Makes one repository for each service, and the GitOps repository that deploys them all. */
export async function createFleet(directory: string, count: number): Promise<Fleet> {
  const services = inventServices(count);
  const pathOf = (repo: string) => join(directory, `${repo}.git`);
  const forgotten = forgottenTagOf(services[1]);
  const histories = new Map(
    [...services, MIGRATED_SERVICE].map((it) => [it.repo, serviceHistory(it, forgotten)]),
  );
  histories.set(GITOPS_REPO, gitopsHistory(services));
  const baselines = await Promise.all(
    [...histories].map(
      async ([repo, history]) => [repo, await build(pathOf(repo), history)] as const,
    ),
  );
  return {
    services,
    pathOf,
    baselines: new Map(baselines),
    forgottenTag: forgotten,
    pushForgottenTag: async () => {
      const main = await readRevision(pathOf(forgotten.repo), "refs/heads/main");
      await git(pathOf(forgotten.repo), ["update-ref", `refs/tags/${forgotten.tag}`, main]);
    },
  };
}

async function build(path: string, history: readonly CommitPlan[]): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await createRepository(dirname(path), basename(path));
  return (await writeCommits(path, history)).at(-1) ?? "";
}

function forgottenTagOf(service: Service | undefined): Fleet["forgottenTag"] {
  if (!service) throw new Error("The fleet needs at least two services");
  return { service: service.name, repo: service.repo, tag: `v${service.images.dev}` };
}

function serviceHistory(service: Service, forgotten: Fleet["forgottenTag"]): CommitPlan[] {
  const [readme, ...code] = serviceFiles(service);
  const isKnown = (tag: string) => service.repo !== forgotten.repo || tag !== forgotten.tag;
  const tags = [...new Set(Object.values(service.images).map((image) => `v${image}`))];
  return [
    commit("Begin", readme ? [readme] : []),
    { ...commit("Say hello", code), tags: tags.filter(isKnown) },
  ];
}

function gitopsHistory(services: readonly Service[]): CommitPlan[] {
  return [
    commit("Deploy the status page", appChartDeployment(MIGRATED_SERVICE)),
    ...services.map((it) => commit(`Deploy ${it.name}`, genericDeployment(it))),
  ];
}

function commit(message: string, edits: CommitPlan["edits"]): CommitPlan {
  return { branch: "main", author: PEOPLE, message, edits };
}

import type { Candidate } from "@loom/core";
import {
  applicationPath,
  ENVIRONMENTS,
  type Environment,
  type GenericService,
  GITOPS_REPO,
  valuesPath,
} from "./gitops.ts";

/** The steps for a service that runs in these environments. */
export function planOf(environments: readonly Environment[]) {
  return [
    { name: "add-app-chart", description: "Add a chart to the service's repository" },
    ...environments.flatMap((env) => [
      ...(env === "prod"
        ? [{ name: "approve-prod", description: "Look at what runs now" } as const]
        : []),
      { name: `pause-prune-${env}`, type: "pause-prune", config: { env } } as const,
      { name: `migrate-${env}`, type: "migrate", config: { env } } as const,
      { name: `verify-${env}`, type: "verify", config: { env } } as const,
    ]),
    { name: "clean-up", description: "Delete the generic values" },
  ] as const;
}

/** A service as a candidate. It brings its own steps when it does not run everywhere. */
export function candidateOf({ name, repoName, team, genericChart, environments }: GenericService) {
  return {
    id: name,
    kind: "application",
    metadata: { repoName, team },
    state: { currentChart: `${genericChart?.name} ${genericChart?.version}` },
    files: environments.map((env) => ({
      name: env,
      repo: GITOPS_REPO,
      files: [applicationPath(name, env), valuesPath(name, env)].map((path) => ({
        path,
        url: `https://git.acme.example/${GITOPS_REPO}/blob/main/${path}`,
      })),
    })),
    ...(environments.length < ENVIRONMENTS.length ? { steps: planOf(environments) } : {}),
  };
}

/** The service's own repository, as discovery noted it down. */
export function repoOf({ id, metadata }: Candidate): string {
  const repo = metadata?.["repoName"];
  if (repo === undefined) throw new Error(`Discovery found no repository of ${id}`);
  return repo;
}

import type { Files } from "../git/read.ts";
import { type ApplicationFacts, readApplication } from "./application.ts";

/** The repository with the Applications of all services, at `apps/<env>/<service>.yaml`. */
export const GITOPS_REPO = "acme/gitops";

/** Where services run, in the order in which changes reach them. */
export const ENVIRONMENTS = ["dev", "staging", "prod"] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

/** A service on the generic chart, as the GitOps repository shows it. */
export interface GenericService extends ApplicationFacts {
  readonly name: string;
  readonly environments: readonly Environment[];
}

/** The Application of a service in an environment. */
export function applicationPath(service: string, env: Environment): string {
  return `apps/${env}/${service}.yaml`;
}

/** The values of a service for the generic chart. */
export function valuesPath(service: string, env: Environment): string {
  return `values/${env}/${service}.yaml`;
}

/** The environments in which a service has generic values. */
export function environmentsOf(service: string, gitops: Files): Environment[] {
  return ENVIRONMENTS.filter((env) => gitops.has(valuesPath(service, env)));
}

/** Finds every service that has an Application on the generic chart. */
export function findGenericServices(gitops: Files): GenericService[] {
  const names = [...gitops.keys()].flatMap(
    (path) => /^apps\/[^/]+\/(.+)\.yaml$/.exec(path)?.[1] ?? [],
  );
  return [...new Set(names)].flatMap((name) => {
    const environments = environmentsOf(name, gitops);
    const [first] = environments;
    if (!first) return [];
    const facts = readApplication(gitops.get(applicationPath(name, first)) ?? "");
    return facts.genericChart ? [{ ...facts, name, environments }] : [];
  });
}

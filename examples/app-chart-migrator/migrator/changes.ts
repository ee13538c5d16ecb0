import type { FileChange } from "@loom/migrator-sdk";
import type { Files } from "../git/read.ts";
import { readApplication, setPrune, useAppChart } from "./application.ts";
import { chartFiles } from "./chart.ts";
import {
  applicationPath,
  type Environment,
  environmentsOf,
  GITOPS_REPO,
  valuesPath,
} from "./gitops.ts";

/*
 * What each step does to files. The edits of one Application follow one another, and each is made on top of those before it:
 * in a run they are on `main` by then and change nothing, and in a dry-run they let every step be seen by itself.
 */

/** Adds the service's own chart, with the values that the generic one has now. */
export function addAppChart(
  service: string,
  version: string,
  { gitops, own }: { readonly gitops: Files; readonly own: Files },
): FileChange[] {
  const [first, ...others] = environmentsOf(service, gitops);
  if (!first) return [];
  const { repoName, genericChart } = readApplication(read(gitops, applicationPath(service, first)));
  if (!genericChart) return [];
  const values = [first, ...others].map(
    (env) => [env, read(gitops, valuesPath(service, env))] as const,
  );
  const files = chartFiles({ service, version, generic: genericChart, values: new Map(values) });
  return [...files].map(([path, after]) => change(repoName, path, own.get(path), after));
}

/** Keeps Argo CD from deleting anything while names change. */
export function pausePrune(service: string, env: Environment, gitops: Files): FileChange {
  const path = applicationPath(service, env);
  const now = read(gitops, path);
  return change(GITOPS_REPO, path, now, setPrune(now, false));
}

/** Lets Argo CD delete again, as it could before. */
export function resumePrune(service: string, env: Environment, gitops: Files): FileChange {
  const path = applicationPath(service, env);
  const now = read(gitops, path);
  return change(GITOPS_REPO, path, now, setPrune(now, true));
}

/** Points the Application to the service's own chart. */
export function migrate(service: string, env: Environment, gitops: Files): FileChange {
  const { path, after: paused = "" } = pausePrune(service, env, gitops);
  return change(GITOPS_REPO, path, paused, useAppChart(paused, env));
}

/** Takes the generic values away, and lets Argo CD delete again. */
export function cleanUp(service: string, gitops: Files): FileChange[] {
  return environmentsOf(service, gitops).flatMap((env) => {
    const { path, after: migrated = "" } = migrate(service, env, gitops);
    const values = valuesPath(service, env);
    return [
      change(GITOPS_REPO, path, migrated, setPrune(migrated, true)),
      { repo: GITOPS_REPO, path: values, before: read(gitops, values) },
    ];
  });
}

function read(files: Files, path: string): string {
  const content = files.get(path);
  if (content === undefined) throw new Error(`There is no ${path}`);
  return content;
}

function change(repo: string, path: string, before: string | undefined, after: string): FileChange {
  return { repo, path, ...(before === undefined ? {} : { before }), after };
}

import { parse } from "yaml";
import type { Files } from "../git/read.ts";
import { applicationPath, type Environment } from "./gitops.ts";

/** What to look at. */
export interface Deployment {
  readonly service: string;
  readonly env: Environment;
  readonly gitops: Files;
  readonly own: Files;
  /** The tags of the service's repository. */
  readonly tags: readonly string[];
}

/**
 * Checks what Argo CD would meet if it deployed a service now.
 * @returns what is wrong, in words; nothing when it would work
 */
export function problemsOf({ service, env, gitops, own, tags }: Deployment): string[] {
  const application = parse(gitops.get(applicationPath(service, env)) ?? "") as Application | null;
  const { path, helm } = application?.spec?.source ?? {};
  if (path === undefined)
    return [`${applicationPath(service, env)} does not point to an app chart`];
  const needed = ["Chart.yaml", ...(helm?.valueFiles ?? [])].map((file) => `${path}/${file}`);
  const missing = needed.filter((file) => !own.has(file));
  if (missing.length > 0) return missing.map((file) => `the repository has no ${file}`);
  return releaseProblems(own.get(`${path}/values-${env}.yaml`) ?? "", tags);
}

function releaseProblems(yaml: string, tags: readonly string[]): string[] {
  const values = parse(yaml) as Record<string, { image?: { tag?: string } }>;
  const images = Object.values(values).flatMap(({ image }) => image?.tag ?? []);
  return images
    .filter((image) => !tags.includes(`v${image}`))
    .map((image) => `it runs ${image}, but the repository has no tag v${image}`);
}

interface Application {
  readonly spec?: {
    readonly source?: {
      readonly path?: string;
      readonly helm?: { readonly valueFiles?: string[] };
    };
  };
}

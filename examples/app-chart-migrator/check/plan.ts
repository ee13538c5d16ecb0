import { GITOPS_REPO, type Service } from "../fleet/services.ts";
import type { Evidence } from "./evidence.ts";

/** What the migration is meant to leave behind: repository → one line for each thing. */
export type ByRepository = ReadonlyMap<string, readonly string[]>;

/** The files that change. */
export function expectedFiles(evidence: Evidence): ByRepository {
  return byRepository(evidence, {
    own: ({ environments }) => [
      "added chart/Chart.yaml",
      ...environments.map((env) => `added chart/values-${env}.yaml`),
    ],
    gitops: ({ name, environments }) =>
      environments.flatMap((env) => [
        `changed apps/${env}/${name}.yaml`,
        `deleted values/${env}/${name}.yaml`,
      ]),
  });
}

/** The titles of the pull requests that are merged. */
export function expectedMerges(evidence: Evidence): ByRepository {
  return byRepository(evidence, {
    own: ({ name }) => [`${name}: add-app-chart`],
    gitops: ({ name, environments }) => [
      ...environments.map((env) => `${name}: migrate-${env}`),
      `${name}: clean-up`,
    ],
  });
}

/** The subjects of commits that go to `main` without a pull request. A cancelled attempt adds one, and one that undoes it. */
export function expectedPushes(evidence: Evidence): ByRepository {
  const cancelled = (name: string) =>
    name === evidence.cancelled.service
      ? [`${name}: pause-prune-dev`, `Undo ${name}: pause-prune-dev`]
      : [];
  return byRepository(evidence, {
    own: () => [],
    gitops: ({ name, environments }) => [
      ...cancelled(name),
      ...environments.map((env) => `${name}: pause-prune-${env}`),
    ],
  });
}

function byRepository(
  { services }: Evidence,
  expected: Record<"own" | "gitops", (service: Service) => string[]>,
): ByRepository {
  const own = services.map(({ service }) => [service.repo, expected.own(service)] as const);
  const gitops = services.flatMap(({ service }) => expected.gitops(service));
  return new Map([...own, [GITOPS_REPO, gitops]]);
}

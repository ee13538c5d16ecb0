import type { Fleet } from "../fleet/fleet.ts";
import { GITOPS_REPO, type Service } from "../fleet/services.ts";
import type { PullRequest } from "../forge/pull-request.ts";
import type { Preview } from "./preview.ts";
import { readSnapshots, type Snapshot } from "./snapshot.ts";

/** What the repositories are held against. None of it comes from the migrator's code. */
export interface Expectation {
  readonly fleet: Fleet;
  readonly chartVersion: string;
  readonly requests: readonly PullRequest[];
  readonly preview: Preview;
  /** The service whose first attempt was cancelled, and the pull request that was open then. */
  readonly cancelled: { readonly service: string; readonly request: PullRequest | undefined };
}

/** A service and the repositories that tell what became of it. */
export interface ServiceEvidence {
  readonly service: Service;
  readonly chartVersion: string;
  readonly own: Snapshot;
  readonly gitops: Snapshot;
}

/** Everything that the facts are drawn from. */
export interface Evidence extends Expectation {
  readonly snapshots: readonly Snapshot[];
  readonly gitops: Snapshot;
  readonly services: readonly ServiceEvidence[];
}

/** Reads every repository. */
export async function gatherEvidence(expectation: Expectation): Promise<Evidence> {
  const { fleet, chartVersion } = expectation;
  const snapshots = await readSnapshots(fleet);
  const of = (repo: string) => snapshotOf(snapshots, repo);
  const gitops = of(GITOPS_REPO);
  const services = fleet.services.map((service) => ({
    service,
    chartVersion,
    own: of(service.repo),
    gitops,
  }));
  return { ...expectation, snapshots, gitops, services };
}

function snapshotOf(snapshots: readonly Snapshot[], repo: string): Snapshot {
  const found = snapshots.find((it) => it.repo === repo);
  if (!found) throw new Error(`There is no repository ${repo}`);
  return found;
}

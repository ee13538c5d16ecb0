import type { Fleet } from "../fleet/fleet.ts";
import type { Forge } from "../forge/forge.ts";
import type { PullRequest } from "../forge/pull-request.ts";

/** Who has a part of their own in the story. The rest just migrate. */
export interface Cast {
  /** The candidate whose dry-run is shown. */
  readonly previewed: string;
  /** The candidate that is cancelled while this step's pull request is open. */
  readonly cancelled: { readonly candidateId: string; readonly stepName: string };
  /** That pull request: the reviewer leaves it open. */
  readonly held: { find(): PullRequest | undefined };
}

/** Gives the parts to the first services of the fleet; the second one has its own already, the forgotten tag. */
export function castFrom({ services }: Fleet, forge: Forge): Cast {
  const [first, , third] = services;
  if (!first || !third) throw new Error("The story needs three services");
  const cancelled = { candidateId: third.name, stepName: "migrate-dev" };
  const title = `${cancelled.candidateId}: ${cancelled.stepName}`;
  const find = () => forge.list().find((it) => it.title === title);
  return { previewed: first.name, cancelled, held: { find } };
}

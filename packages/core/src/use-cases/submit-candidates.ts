import type { Actor } from "../domain/actor.ts";
import type { DiscoveryCounts } from "../domain/candidate.ts";
import type { CandidateSubmission } from "../domain/requests.ts";
import type { UseCaseContext } from "./context.ts";
import { migrationNotFound, now } from "./context.ts";

/** Merges a list of candidates, or one chunk of it; without `discovery` the list is complete by itself. */
export async function submitCandidates(
  context: UseCaseContext,
  migrationId: string,
  { candidates, discovery = { id: context.token(), complete: true } }: CandidateSubmission,
  actor: Actor,
): Promise<DiscoveryCounts> {
  const at = now(context);
  const counts = await context.store.mergeCandidates({
    migrationId,
    candidates,
    discovery,
    at,
    history: {
      at,
      actor,
      action: "discover",
      details: { discovery: discovery.id, listed: String(candidates.length) },
    },
  });
  if (counts) return counts;
  throw migrationNotFound(migrationId);
}

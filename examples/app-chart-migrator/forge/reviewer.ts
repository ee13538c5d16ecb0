import { setTimeout as pause } from "node:timers/promises";
import type { Identity } from "../git/git.ts";
import type { Forge } from "./forge.ts";
import type { PullRequest } from "./pull-request.ts";

const REVIEWER: Identity = { name: "Robin Reviewer", email: "robin@acme.example" };

/** How a reviewer works. */
export interface ReviewerOptions {
  /** Milliseconds that one review takes. */
  readonly reviewMillis: number;
  /** Those that are not reviewed at all. */
  readonly leavesOpen: (request: PullRequest) => boolean;
}

/**
 * Merges every pull request shortly after it was opened, as a diligent colleague would.
 * @returns a promise that rejects when one could not be merged, and never resolves
 */
export function startReviewer(
  forge: Forge,
  { reviewMillis, leavesOpen }: ReviewerOptions,
): { readonly failed: Promise<never> } {
  const failed = new Promise<never>((_, reject) => {
    const review = async (request: PullRequest) => {
      await pause(reviewMillis);
      await forge.merge(request, REVIEWER);
    };
    forge.watch((change) => {
      if (change.state === "open" && !leavesOpen(change)) review(change).catch(reject);
    });
  });
  failed.catch(() => undefined);
  return { failed };
}

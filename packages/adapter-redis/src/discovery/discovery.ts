import type { DiscoveryCounts, MigrationStore } from "@loom/core";
import type { Commands } from "../client/client.ts";
import type { Keys } from "../client/keys.ts";
import { chunksOf, MOST_AT_ONCE } from "./chunks.ts";
import { mergeChunk } from "./merge.ts";
import { removeLeftOut } from "./remove.ts";
import { beginSubmission } from "./submission.ts";

/**
 * A list is merged by several scripts, each all or nothing. What a crash in between leaves is a shorter list taken up; the
 * same list again, in the same discovery, completes it: what was merged is unchanged, and what was removed is gone.
 */
export function createDiscovery(
  commands: Commands,
  keys: Keys,
): Pick<MigrationStore, "mergeCandidates"> {
  return {
    async mergeCandidates(merge) {
      const of = keys.of(merge.migrationId);
      const submission = await beginSubmission(commands, of, merge);
      if (!submission) return null;
      const parts: Partial<DiscoveryCounts>[] = [];
      const part = { submission: submission.number, at: merge.at };
      for (const chunk of chunksOf(merge.candidates))
        parts.push(await mergeChunk(commands, of, chunk, part));
      if (merge.discovery.complete)
        parts.push(await removeLeftOut(commands, of, submission.begin, MOST_AT_ONCE));
      return parts.reduce<DiscoveryCounts>(sum, NOTHING);
    },
  };
}

const NOTHING: DiscoveryCounts = { added: 0, updated: 0, unchanged: 0, removed: 0, preserved: 0 };

function sum(total: DiscoveryCounts, part: Partial<DiscoveryCounts>): DiscoveryCounts {
  const { added = 0, updated = 0, unchanged = 0, removed = 0, preserved = 0 } = part;
  return {
    added: total.added + added,
    updated: total.updated + updated,
    unchanged: total.unchanged + unchanged,
    removed: total.removed + removed,
    preserved: total.preserved + preserved,
  };
}

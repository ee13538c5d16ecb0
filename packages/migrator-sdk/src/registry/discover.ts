import { randomUUID } from "node:crypto";
import type { Candidate, CandidateSubmission, DiscoveryCounts } from "../contract.ts";
import { CandidateSchema, DiscoveryCountsSchema, parse } from "../contract.ts";
import type { MigrationDefinition } from "../define/define-migration.ts";
import type { Host } from "../host.ts";
import type { Announcer } from "./announce.ts";
import { chunksOf } from "./chunks.ts";
import { refusal, untilAnswered } from "./until-answered.ts";

const NOTHING: DiscoveryCounts = { added: 0, updated: 0, unchanged: 0, removed: 0, preserved: 0 };

/** Submits what a migration discovers, chunk by chunk, as one discovery. */
export interface Discoverer {
  /**
   * Gives what Loom made of all chunks together.
   *
   * @throws LoomError `validation_failed` naming a candidate that the contract refuses, and whatever Loom refuses with;
   *   and whatever `discover` throws. Then the discovery is not complete, and removes nothing
   */
  discover(migration: MigrationDefinition, signal: AbortSignal): Promise<DiscoveryCounts>;
}

/** @param announcer announces again when Loom has forgotten the migration */
export function createDiscoverer(host: Host, announcer: Announcer): Discoverer {
  return {
    async discover(migration, signal) {
      if (!migration.discover) return NOTHING;
      const id = randomUUID();
      let counts = NOTHING;
      for await (const { candidates, complete } of chunksOf(checked(migration.discover()))) {
        const submission = { candidates, discovery: { id, complete } };
        counts = sum(counts, await submit(host, announcer, migration, submission, signal));
      }
      host.logger.info({ migrationId: migration.id, ...counts }, "discovered");
      return counts;
    },
  };
}

async function submit(
  host: Host,
  announcer: Announcer,
  migration: MigrationDefinition,
  submission: CandidateSubmission,
  signal: AbortSignal,
): Promise<DiscoveryCounts> {
  const what = `candidates of ${migration.id}`;
  const ask = () => host.loom.submitCandidates(migration.id, submission);
  const first = await untilAnswered(host, what, ask, signal);
  if (first.type === "taken") return parse(DiscoveryCountsSchema, first.body);
  if (first.status !== 404) throw refusal(what, first);
  await announcer.announce(migration, signal);
  const second = await untilAnswered(host, what, ask, signal);
  if (second.type === "taken") return parse(DiscoveryCountsSchema, second.body);
  throw refusal(what, second);
}

/** One bad candidate is named here, and not by its index in some chunk. */
async function* checked(found: AsyncIterable<Candidate>): AsyncGenerator<Candidate> {
  for await (const candidate of found) yield parse(CandidateSchema, candidate);
}

function sum(a: DiscoveryCounts, b: DiscoveryCounts): DiscoveryCounts {
  return {
    added: a.added + b.added,
    updated: a.updated + b.updated,
    unchanged: a.unchanged + b.unchanged,
    removed: a.removed + b.removed,
    preserved: a.preserved + b.preserved,
  };
}

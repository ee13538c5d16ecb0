import type { CandidateStatus, RunProgress, RunRecord } from "@loom/core";
import { type Commands, scriptOf } from "../client/client.ts";
import type { MigrationKeys } from "../client/keys.ts";
import { fromJson } from "../codec/json.ts";
import { unpackManifest } from "../codec/manifest.ts";
import { unpackPosition } from "../codec/position.ts";
import { hashOf, unpackSummary } from "../codec/record.ts";

/** A run that was started, and where its candidate stands. */
export interface FoundRun {
  readonly candidateId: string;
  readonly status: CandidateStatus;
  readonly run: RunRecord;
}

/** @returns for each candidate its hash, manifest, view and plan, at one moment */
const READ_RUNS = scriptOf(
  "readRuns",
  `local found = {}
  for n = 2, #KEYS, 3 do
    local manifest = redis.call('GET', KEYS[n + 1])
    local digest = manifest and string.match(manifest, '^([^|]+)|')
    found[#found + 1] = {
      redis.call('HGETALL', KEYS[n]), manifest, redis.call('GET', KEYS[n + 2]),
      digest and redis.call('HGET', KEYS[1], digest) or false,
    }
  end
  return found`,
);

type Reply = readonly [string[], string | null, string | null, string | null];

/** The latest started attempts of candidates; those without one are left out. */
export async function readRuns(
  commands: Commands,
  keys: MigrationKeys,
  ids: readonly string[],
): Promise<readonly FoundRun[]> {
  if (ids.length === 0) return [];
  const each = ids.flatMap((id) => [keys.candidate(id), keys.manifest(id), keys.view(id)]);
  const replies = (await commands.run(READ_RUNS, [keys.plans, ...each])) as Reply[];
  return ids.flatMap((candidateId, n) => {
    const reply = replies[n];
    return (reply && foundIn(candidateId, reply)) ?? [];
  });
}

function foundIn(candidateId: string, [flat, text, view, plan]: Reply): FoundRun | undefined {
  const hash = hashOf(flat);
  const summary = unpackSummary(hash);
  if (!summary || text === null) return undefined;
  const manifest = unpackManifest(text, plan);
  const progress = view === null ? undefined : (fromJson(view) as RunProgress);
  const run = { ...summary, manifest, ...(progress && { progress }) };
  return { candidateId, status: unpackPosition(hash["s"] ?? "").status, run };
}

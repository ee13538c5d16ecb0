import type { DiscoveryCounts } from "@loom/core";
import { type Commands, scriptOf } from "../client/client.ts";
import type { MigrationKeys } from "../client/keys.ts";
import { STATUS_CODES } from "../codec/codes.ts";

import { packTime } from "../codec/time.ts";
import { newToken } from "../codec/token.ts";
import { ANSWER_SECONDS, ARGS } from "../lua/args.ts";
import { MERGE } from "../lua/merge.ts";
import { TEXTS } from "../lua/texts.ts";
import type { PackedCandidate } from "./chunks.ts";

type MergeCounts = Pick<DiscoveryCounts, "added" | "updated" | "unchanged" | "preserved">;

/** @returns the counts, as one text */
const MERGE_CHUNK = scriptOf(
  "mergeChunk",
  `${ARGS}${TEXTS}${MERGE}
  local answered = redis.call('GET', KEYS[1])
  if answered then return answered end
  local at = {notStarted = KEYS[2], kinds = KEYS[3], removed = KEYS[4], anyRemoved = redis.call('EXISTS', KEYS[4]) == 1,
    added = {}, addedKinds = {}}
  local submission, time = nextArg(), nextArg()
  local counts = {added = 0, updated = 0, unchanged = 0, preserved = 0}
  for n = 5, #KEYS do
    local id, kind, data = nextArg(), nextArg(), nextArg()
    kind = kind ~= '' and string.sub(kind, 2)
    local outcome = mergeCandidate(at, KEYS[n], id, kind, data, submission, time)
    counts[outcome] = counts[outcome] + 1
  end
  listAdded(at)
  local answer = counts.added .. ' ' .. counts.updated .. ' ' .. counts.unchanged .. ' ' .. counts.preserved
  redis.call('SET', KEYS[1], answer, 'EX', ${ANSWER_SECONDS})
  return answer`,
);

/** Merges some candidates, all of them or none: as many as one script may hold. */
export async function mergeChunk(
  commands: Commands,
  keys: MigrationKeys,
  candidates: readonly PackedCandidate[],
  { submission, at }: { readonly submission: string; readonly at: string },
): Promise<MergeCounts> {
  const where = [
    keys.answer(newToken()),
    keys.status(STATUS_CODES.not_started),
    keys.kinds,
    keys.removed,
    ...candidates.map(({ id }) => keys.candidate(id)),
  ];
  const args = candidates.flatMap(({ id, kind, data }) => [id, kind, data]);
  const answer = await commands.run(MERGE_CHUNK, where, [submission, packTime(at), ...args]);
  const [added = 0, updated = 0, unchanged = 0, preserved = 0] = String(answer)
    .split(" ")
    .map(Number);
  return { added, updated, unchanged, preserved };
}

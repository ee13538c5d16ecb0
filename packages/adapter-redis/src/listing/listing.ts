import type { CandidateFilter, CandidateRecord, MigrationStore, Page } from "@loom/core";
import type { Commands } from "../client/client.ts";
import type { Keys, MigrationKeys } from "../client/keys.ts";
import { decodeCursor, encodeCursor } from "../codec/cursor.ts";
import { unpackRecord } from "../codec/record.ts";
import { indexesOf, matcherOf } from "./filter.ts";
import { type Scanned, scanAll, scanIndex } from "./scan.ts";

const LIST = "candidates";
/** Ids looked at by one script when they are searched for a text. */
const SEARCHED = 2_000;

export function createListing(
  commands: Commands,
  keys: Keys,
): Pick<MigrationStore, "getCandidate" | "listCandidates"> {
  return {
    async getCandidate({ migrationId, candidateId }) {
      const [hash = {}] = await commands.readHashes([keys.of(migrationId).candidate(candidateId)]);
      return unpackRecord(candidateId, hash);
    },
    async listCandidates(migrationId, filter) {
      const after = decodeCursor(LIST, filter.cursor);
      const of = keys.of(migrationId);
      const wanted = filter.limit + 1;
      const found: CandidateRecord[] = [];
      for await (const records of matching(commands, of, filter, after)) {
        found.push(...records);
        if (found.length >= wanted) break;
      }
      return pageOf(found, filter.limit);
    },
  };
}

/** Records that match, some at a time. */
async function* matching(
  commands: Commands,
  keys: MigrationKeys,
  filter: CandidateFilter,
  from: string | undefined,
): AsyncIterable<readonly CandidateRecord[]> {
  const indexes = await indexesOf(commands, keys, filter);
  if (!indexes) return;
  const { mayMatch, matches } = matcherOf(filter);
  const count = filter.q === undefined ? filter.limit + 1 : SEARCHED;
  for (let after = from, isEnd = false; !isEnd; ) {
    const scanned: Scanned & { readonly last?: string } =
      indexes.length > 0
        ? await scanIndex(commands, indexes, after, count)
        : await scanAll(commands, keys, after, count);
    const ids = scanned.ids.filter(mayMatch);
    for (let n = 0; n < ids.length; n += filter.limit + 1)
      yield (await read(commands, keys, ids.slice(n, n + filter.limit + 1))).filter(matches);
    after = scanned.last ?? scanned.ids.at(-1);
    isEnd = scanned.isEnd;
  }
}

/** The records of candidates; one that was removed since its id was read is left out. */
async function read(
  commands: Commands,
  keys: MigrationKeys,
  ids: readonly string[],
): Promise<readonly CandidateRecord[]> {
  const hashes = await commands.readHashes(ids.map(keys.candidate));
  return ids.flatMap((id, n) => unpackRecord(id, hashes[n] ?? {}) ?? []);
}

function pageOf(found: readonly CandidateRecord[], limit: number): Page<CandidateRecord> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return found.length > limit && last
    ? { items, nextCursor: encodeCursor(LIST, last.candidate.id) }
    : { items };
}

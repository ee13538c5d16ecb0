import { type Page, type PageRequest, parseRunId, runIdOf, type RunRecord } from "@loom/core";
import type { Commands } from "../client/client.ts";
import type { Keys } from "../client/keys.ts";
import { decodeCursor, encodeCursor, invalidCursor } from "../codec/cursor.ts";
import { STATUS_CODES } from "../codec/codes.ts";
import { scanIndex } from "../listing/scan.ts";
import type { Registry } from "../registry.ts";
import { readRuns } from "./read-runs.ts";

const LIST = "running";
/** Migrations asked at once: most of them have nothing that runs. */
const AT_ONCE = 50;

/** The running candidates of one migration after another. */
export async function listRunning(
  commands: Commands,
  keys: Keys,
  registry: Registry,
  { cursor, limit }: PageRequest,
): Promise<Page<RunRecord>> {
  const from = positionOf(cursor);
  const found: RunRecord[] = [];
  for await (const ids of running(commands, keys, await registry.all(), from, limit + 1)) {
    const runs = await readRuns(commands, keys.of(ids.migrationId), ids.candidateIds);
    found.push(...runs.filter(({ status }) => status === "running").map(({ run }) => run));
    if (found.length > limit) break;
  }
  return pageOf(found, limit);
}

interface RunningIds {
  readonly migrationId: string;
  readonly candidateIds: readonly string[];
}

type Place = NonNullable<ReturnType<typeof parseRunId>>;

/** The ids of what runs, some at a time. */
async function* running(
  commands: Commands,
  keys: Keys,
  migrationIds: readonly string[],
  from: Place | undefined,
  count: number,
): AsyncIterable<RunningIds> {
  const left = migrationIds.filter((id) => !from || id >= from.migrationId);
  const scan = (migrationId: string, after: string | undefined) => {
    const key = keys.of(migrationId).status(STATUS_CODES.running);
    return scanIndex(commands, [{ key, prefix: "" }], after, count);
  };
  for (let at = 0; at < left.length; at += AT_ONCE) {
    const some = left.slice(at, at + AT_ONCE);
    const startOf = (id: string) => (id === from?.migrationId ? from.candidateId : undefined);
    const scans = await Promise.all(some.map((id) => scan(id, startOf(id))));
    for (const [n, migrationId] of some.entries()) {
      for (let scanned = scans[n]; scanned; ) {
        yield { migrationId, candidateIds: scanned.ids };
        scanned = scanned.isEnd ? undefined : await scan(migrationId, scanned.last);
      }
    }
  }
}

function positionOf(cursor: string | undefined): Place | undefined {
  const position = decodeCursor(LIST, cursor);
  if (position === undefined) return undefined;
  const place = parseRunId(position);
  if (!place) throw invalidCursor();
  return place;
}

function pageOf(found: readonly RunRecord[], limit: number): Page<RunRecord> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  if (found.length <= limit || !last) return { items };
  const { migrationId, candidate } = last.manifest;
  return { items, nextCursor: encodeCursor(LIST, runIdOf(migrationId, candidate.id)) };
}

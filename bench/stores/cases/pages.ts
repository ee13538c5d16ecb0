import type { CandidateFilter, Store } from "@loom/core";
import type { Contest } from "../contest.ts";
import { RARE_KIND } from "../data.ts";
import { middleTime } from "../work.ts";
import type { RawStore, Way } from "../world.ts";

const LIMIT = 100;

/** What a page is asked for by, and how often a sample asks. */
const FILTERS: Readonly<Record<string, Filter>> = {
  all: { by: {}, calls: 200 },
  status: { by: { status: "not_started" }, calls: 200 },
  "a common kind": { by: { kind: "service" }, calls: 200 },
  "a rare kind": { by: { kind: RARE_KIND }, calls: 50 },
  "a common text": { by: { q: "7" }, calls: 50 },
  "a rare text": { by: { q: "app-00999" }, calls: 10 },
};

interface Filter {
  readonly by: Pick<CandidateFilter, "status" | "kind" | "q">;
  readonly calls: number;
}

/** Pages of a migration that both sides hold, from cursors all over its list. */
export async function pages(way: Way, migrationId: string): Promise<Contest[]> {
  const contests: Contest[] = [];
  for (const [name, { by, calls }] of Object.entries(FILTERS)) {
    const cursors = await cursorsOf(way.store, migrationId, by);
    const asked = Array.from({ length: calls }, (_, n) => cursors[n % cursors.length]);
    contests.push({
      name: `page of ${LIMIT}: ${name}`,
      unit: "ms",
      goal: 2,
      raw: () => middleTime(asked.map((from) => () => rawPage(way.raw, migrationId, by, from))),
      loom: () => middleTime(asked.map((from) => () => loomPage(way.store, migrationId, by, from))),
    });
  }
  return contests;
}

/** Where a page begins: Loom's cursor, and the id that it comes after. */
interface From {
  readonly cursor?: string;
  readonly after: string;
}

const MOST_PAGES = 100;

/** Evenly over all pages. */
async function cursorsOf(
  store: Store,
  migrationId: string,
  by: Filter["by"],
): Promise<readonly From[]> {
  const all: From[] = [{ after: "" }];
  for (let from = all[0]; from; ) {
    const { items, nextCursor } = await loomPage(store, migrationId, by, from);
    const last = items.at(-1);
    from =
      nextCursor !== undefined && last
        ? { cursor: nextCursor, after: last.candidate.id }
        : undefined;
    if (from) all.push(from);
  }
  const step = Math.ceil(all.length / MOST_PAGES);
  return all.filter((_, n) => n % step === 0);
}

function loomPage(store: Store, migrationId: string, by: Filter["by"], from: From | undefined) {
  const cursor = from?.cursor;
  return store.listCandidates(migrationId, {
    ...by,
    limit: LIMIT,
    ...(cursor !== undefined && { cursor }),
  });
}

function rawPage(raw: RawStore, migrationId: string, by: Filter["by"], from: From | undefined) {
  return raw.page(migrationId, { ...by, limit: LIMIT, after: from?.after ?? "" });
}

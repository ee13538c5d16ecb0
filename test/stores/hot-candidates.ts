import type { Position, Store } from "@loom/core";
import { changeOf, fill, HISTORY } from "./builders.ts";

/** What a crowd of clients did to a few candidates, as the clients and the store remember it. */
export interface HotReport {
  /** Changes that were answered `applied`. */
  readonly won: number;
  /** Changes that the store shows: of the candidates, and lines of history. */
  readonly moves: number;
  readonly lines: number;
  /** Positions that were reached twice: a lost or doubled change. */
  readonly doubled: number;
}

/** How big the crowd is. */
export interface HotLoad {
  readonly clients: number;
  readonly candidates: number;
  /** Changes that each client tries. */
  readonly tries: number;
}

/** Changes that each client tries when the whole promise is to be seen: `LOOM_HOT_TRIES=10000 npm test -- hot-candidates`. */
const WANTED = Number(process.env["LOOM_HOT_TRIES"] ?? 0);

/** 64 clients on 16 candidates. @param tries what each client tries, unless `LOOM_HOT_TRIES` says otherwise */
export function hotLoad(tries: number): HotLoad {
  return { clients: 64, candidates: 16, tries: WANTED || tries };
}

/** The time after which the load hangs, in milliseconds. */
export const HOT_TIMEOUT = 120_000 + 200 * WANTED;

/**
 * Lets many clients move the same few candidates between `not_started` and `queued`, each from where it last saw them. Every
 * applied change takes a candidate to a position where it never was, so a lost or doubled one shows.
 */
export async function moveHotCandidates(
  stores: readonly Store[],
  migrationId: string,
  { clients, candidates, tries }: HotLoad,
): Promise<HotReport> {
  const [store] = stores;
  if (!store) throw new Error("no store to load");
  const ids = Array.from({ length: candidates }, (_, n) => `hot ${n}`);
  await fill(
    store,
    migrationId,
    ids.map((id) => ({ id })),
  );
  const started = performance.now();
  const won = await Promise.all(
    Array.from({ length: clients }, (_, n) =>
      play(stores[n % stores.length] ?? store, migrationId, ids, { client: n, tries }),
    ),
  );
  if (WANTED > 0) say(clients * tries, performance.now() - started);
  const positions = await readChain(store, migrationId);
  const records = await Promise.all(
    ids.map((candidateId) => store.getCandidate({ migrationId, candidateId })),
  );
  const moves = records.map((record) => (record ? movesTo(record) : 0));
  return {
    won: won.reduce((sum, wins) => sum + wins, 0),
    moves: moves.reduce((sum, each) => sum + each, 0),
    lines: positions.length,
    doubled: positions.length - new Set(positions).size,
  };
}

function say(tried: number, milliseconds: number): void {
  const rate = Math.round((1000 * tried) / milliseconds);
  process.stdout.write(
    `${tried} changes tried in ${Math.round(milliseconds / 1000)} s, ${rate} a second\n`,
  );
}

async function play(
  store: Store,
  migrationId: string,
  ids: readonly string[],
  { client, tries }: { readonly client: number; readonly tries: number },
): Promise<number> {
  let won = 0;
  const seen = new Map<string, Position>();
  for (let n = 0; n < tries; n++) {
    const candidateId = ids[(client + n) % ids.length] ?? "";
    const from = seen.get(candidateId) ?? { status: "not_started", attempt: 0 };
    const to = next(from);
    const history = { ...HISTORY, candidateId, attempt: movesTo(to) };
    const change = { ...changeOf(migrationId, candidateId, [from, to]), history };
    const answer = await store.changeStatus(change);
    if (answer.applied) won++;
    const { status, attempt } = answer.applied ? to : (answer.found ?? from);
    seen.set(candidateId, { status, attempt });
  }
  return won;
}

function next({ status, attempt }: Position): Position {
  return status === "queued"
    ? { status: "not_started", attempt }
    : { status: "queued", attempt: attempt + 1 };
}

/** How many changes lead to a position. */
function movesTo({ status, attempt }: Position): number {
  return 2 * attempt - (status === "queued" ? 1 : 0);
}

/** Every position that history tells of. */
async function readChain(store: Store, migrationId: string): Promise<string[]> {
  const positions: string[] = [];
  for (let cursor: string | undefined, isEnd = false; !isEnd; ) {
    const page = { limit: 500, ...(cursor !== undefined && { cursor }) };
    const { items, nextCursor } = await store.listHistory(migrationId, page);
    for (const { candidateId, attempt } of items)
      if (candidateId !== undefined) positions.push(`${candidateId} ${attempt}`);
    cursor = nextCursor;
    isEnd = cursor === undefined;
  }
  return positions;
}

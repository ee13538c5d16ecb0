import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Candidate, LoomError, type StatusChange, type Store } from "@loom/core";
import { afterEach, describe, expect, test } from "vitest";
import { startPostgres } from "../../../test/servers/postgres.ts";
import {
  canMountSmallDisk,
  mountSmallDisk,
  type SmallDisk,
} from "../../../test/servers/small-disk.ts";
import { AT, changeOf, countHistory, fill, HISTORY } from "../../../test/stores/builders.ts";
import { createEmbeddedPostgresStore } from "../src/embedded/index.ts";
import { createPostgresStore } from "../src/index.ts";
import { openPool } from "./database.ts";

const M = "full";
const NONE = { status: "not_started", attempt: 0 } as const;
const QUEUED = { status: "queued", attempt: 1 } as const;
const MERGED = 1_000;
const MEBIBYTE = 2 ** 20;

const canMount = await canMountSmallDisk();

describe.runIf(canMount)("a disk that is full", () => {
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end();
  });

  async function disk(megabytes: number): Promise<SmallDisk> {
    const mounted = await mountSmallDisk(megabytes);
    ends.push(() => mounted.unmount());
    return mounted;
  }

  test("refuses writes of a Postgres with what to do, reads go on, and writes when it has room", {
    timeout: 240_000,
  }, async () => {
    const small = await disk(100);
    const log = await mkdtemp(join(tmpdir(), "loom-wal-"));
    ends.push(() => rm(log, { recursive: true }));
    const server = await startPostgres({ under: small.dir, log });
    ends.push(() => server.stop());
    const pool = openPool({ connectionString: server.url });
    ends.push(() => pool.end());
    const store = createPostgresStore({ pool });
    await store.migrate();

    const report = await outlast(store, small, { leave: 0, whenFull: () => expectReads(store) });
    expect(report.messages).toEqual([FULL]);
  });

  test("loses nothing of a Postgres that it stops, and all goes on after a restart with room", {
    timeout: 240_000,
  }, async () => {
    const small = await disk(150);
    const server = await startPostgres({ under: small.dir, sync: true });
    ends.push(() => server.stop());
    const pool = openPool({ connectionString: server.url });
    ends.push(() => pool.end());
    const store = createPostgresStore({ pool });
    await store.migrate();

    // Room for tables, but none for the next segment of the log: Postgres ends itself.
    const report = await outlast(store, small, {
      leave: 15 * MEBIBYTE,
      whenFree: async () => {
        await server.kill();
        await server.restart();
      },
    });
    expect(report.messages).toContain("Postgres cannot be reached or cannot write now.");
  });

  test("breaks an embedded Postgres, which stops nothing and is opened again when there is room", {
    timeout: 240_000,
  }, async () => {
    const small = await disk(160);
    const store = await createEmbeddedPostgresStore({ dir: join(small.dir, "data") });
    ends.push(() => store.close());
    const report = await outlast(store, small, { leave: 8 * MEBIBYTE });
    expect(report.messages).toEqual([FULL]);
  });

  test("lets no embedded Postgres be made, and the next one when it has room", {
    timeout: 240_000,
  }, async () => {
    const small = await disk(60);
    await small.fill(10 * MEBIBYTE);
    const dir = join(small.dir, "data");
    await mkdir(dir);
    await expect(createEmbeddedPostgresStore({ dir })).rejects.toMatchObject({
      code: "store_unavailable",
      message: expect.stringMatching(/its disk has room/),
    });
    await small.free();
    const store = await createEmbeddedPostgresStore({ dir });
    await store.ping();
    await store.close();
  });
});

const FULL = "The disk of Postgres is full: free some room on it, then try again.";
/** Something asked of a store, that may be asked again, and whether it was acknowledged. */
interface Deed {
  readonly do: () => Promise<unknown>;
  readonly adds: number;
  readonly queues: number;
  isDone: boolean;
}

/**
 * Writes to a store while its disk is filled up, until ten writes in a row were refused; and again when there is room. Sees that
 * what was acknowledged is there, that the rest is whole or not there, and that all of it can be done in the end.
 *
 * @returns what the refusals said
 */
async function outlast(
  store: Store,
  disk: SmallDisk,
  {
    leave,
    whenFull = async () => {},
    whenFree = async () => {},
  }: {
    readonly leave: number;
    readonly whenFull?: () => Promise<void>;
    readonly whenFree?: () => Promise<void>;
  },
): Promise<{ readonly messages: readonly string[] }> {
  const ids = Array.from({ length: 300 }, (_, n) => `c${n}`);
  await fill(
    store,
    M,
    ids.map((id) => ({ id })),
  );
  await disk.fill(leave);
  const deeds = ids.flatMap((id, n) => [queueing(store, id), merging(store, n)]);
  const messages = new Set<string>();
  let inARow = 0;
  const tried: Deed[] = [];
  for (const deed of deeds) {
    if (inARow === 10) break;
    tried.push(deed);
    const error = await attempt(deed);
    inARow = error ? inARow + 1 : 0;
    if (error) messages.add(error.message);
  }
  expect(inARow).toBe(10);
  await whenFull();
  await disk.free();
  await whenFree();
  await expect.poll(async () => attempt(pinging(store))).toBe(undefined);

  const sum = (of: "adds" | "queues", list: readonly Deed[]) =>
    list.reduce((total, deed) => total + deed[of], 0);
  const done = tried.filter(({ isDone }) => isDone);
  const found = await store.countCandidates(M);
  const total = found.notStarted + found.queued;
  expect(found.queued).toBeGreaterThanOrEqual(sum("queues", done));
  expect(total).toBeGreaterThanOrEqual(ids.length + sum("adds", done));
  expect((total - ids.length) % MERGED).toBe(0);
  expect(await listed(store)).toEqual({ notStarted: found.notStarted, queued: found.queued });
  const merges = (total - ids.length) / MERGED;
  expect(await countHistory(store, M)).toBe(2 + found.queued + merges);

  for (const deed of tried) expect(await attempt(deed)).toBe(undefined);
  expect(await store.countCandidates(M)).toMatchObject({
    notStarted: ids.length + sum("adds", tried) - sum("queues", tried),
    queued: sum("queues", tried),
  });
  return { messages: [...messages] };
}

/** @returns the refusal, if it was one; nothing but an unavailable store is one */
async function attempt(deed: Deed): Promise<LoomError | undefined> {
  try {
    await deed.do();
    deed.isDone = true;
    return undefined;
  } catch (error) {
    if (LoomError.is(error, "store_unavailable")) return error;
    throw error;
  }
}

function queueing(store: Store, id: string): Deed {
  const change: StatusChange = changeOf(M, id, [NONE, QUEUED]);
  const queue = async () => expect(await store.changeStatus(change)).toEqual({ applied: true });
  return { do: queue, adds: 0, queues: 1, isDone: false };
}

function merging(store: Store, n: number): Deed {
  const candidates: Candidate[] = Array.from({ length: MERGED }, (_, each) => ({
    id: `merge ${n} ${each}`,
    metadata: { note: `${n} ${each}`.repeat(60) },
  }));
  const discovery = { id: `merge ${n}`, complete: false };
  const merge = { migrationId: M, candidates, discovery, at: AT, history: HISTORY };
  return { do: () => store.mergeCandidates(merge), adds: MERGED, queues: 0, isDone: false };
}

function pinging(store: Store): Deed {
  return { do: () => store.ping(), adds: 0, queues: 0, isDone: false };
}

async function listed(store: Store): Promise<{ notStarted: number; queued: number }> {
  const count = { notStarted: 0, queued: 0 };
  for (let cursor: string | undefined, isEnd = false; !isEnd; isEnd = cursor === undefined) {
    const page = { limit: 500, ...(cursor !== undefined && { cursor }) };
    const { items, nextCursor } = await store.listCandidates(M, page);
    for (const { status } of items) count[status === "queued" ? "queued" : "notStarted"]++;
    cursor = nextCursor;
  }
  return count;
}

async function expectReads(store: Store): Promise<void> {
  await store.ping();
  expect((await store.getCandidate({ migrationId: M, candidateId: "c299" }))?.status).toBe(
    "not_started",
  );
  expect((await store.listCandidates(M, { limit: 10 })).items).toHaveLength(10);
}

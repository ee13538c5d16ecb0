import type { Candidate, StatusChange } from "@loom/core";
import type { Redis } from "ioredis";
import type { RawFilter, RawStore } from "../world.ts";
import { CHANGE, CHANGE_BARE, MERGE } from "./lua.ts";

const CHUNK = 500;
const STATUSES = ["not_started", "queued", "running", "completed"];

/** Scripts as ioredis defines them: the number of keys, the keys, the arguments. */
type Scripts = Record<
  "rawChange" | "rawBare" | "rawMerge",
  (keyCount: number, ...parts: (string | number)[]) => Promise<unknown>
>;

/** Redis by hand: a hash for each candidate, sorted sets for lists, and a script for each thing to do. */
export function createRawRedis(redis: Redis): RawStore {
  redis.defineCommand("rawChange", { lua: CHANGE });
  redis.defineCommand("rawBare", { lua: CHANGE_BARE });
  redis.defineCommand("rawMerge", { lua: MERGE });
  const scripts = redis as unknown as Scripts;
  return {
    async register() {},
    merge: (migrationId, candidates) => merge(scripts, migrationId, candidates),
    async change(change) {
      return Number(await scripts.rawChange(6, ...changeParts(change))) === 1;
    },
    async changeBare({ migrationId, candidateId: id, from, to }) {
      const of = keysOf(migrationId);
      const keys = [of.candidate(id), of.status(from.status), of.status(to.status)];
      return Number(await scripts.rawBare(3, ...keys, id, from.status, to.status)) === 1;
    },
    page: (migrationId, filter) => page(redis, migrationId, filter),
    async count(migrationId) {
      const of = keysOf(migrationId);
      const counting = redis.pipeline();
      for (const status of STATUSES) counting.zcard(of.status(status));
      const [notStarted] = (await counting.exec()) ?? [];
      return Number(notStarted?.[1]);
    },
  };
}

function keysOf(migrationId: string) {
  const key = (name: string) => `raw:{${migrationId}}:${name}`;
  return {
    candidate: (id: string) => key(`c:${id}`),
    manifest: (id: string) => key(`m:${id}`),
    view: (id: string) => key(`v:${id}`),
    status: (status: string) => key(`status:${status}`),
    all: key("all"),
    kinds: key("kinds"),
    history: key("history"),
  };
}

/** Merges so far: each candidate is marked with the last that listed it. */
let submissions = 1;

async function merge(scripts: Scripts, migrationId: string, candidates: readonly Candidate[]) {
  const of = keysOf(migrationId);
  const listed = submissions++;
  let added = 0;
  for (let from = 0; from < candidates.length; from += CHUNK) {
    const chunk = candidates.slice(from, from + CHUNK);
    const keys = [
      of.status("not_started"),
      of.all,
      of.kinds,
      ...chunk.map(({ id }) => of.candidate(id)),
    ];
    const args = chunk.flatMap(({ id, kind = "", ...data }) => [id, kind, JSON.stringify(data)]);
    added += Number(await scripts.rawMerge(keys.length, ...keys, Date.now(), listed, ...args));
  }
  return added;
}

function changeParts(change: StatusChange): (string | number)[] {
  const { migrationId, candidateId: id, from, to, token, at, inputs, history, claim } = change;
  const of = keysOf(migrationId);
  return [
    of.candidate(id),
    of.status(from.status),
    of.status(to.status),
    of.history,
    of.manifest(id),
    of.view(id),
    id,
    from.status,
    from.attempt,
    token,
    to.status,
    to.attempt,
    at,
    JSON.stringify(inputs),
    JSON.stringify(history),
    claim ? JSON.stringify(claim) : "",
    change.progress ? JSON.stringify(change.progress.progress) : "",
  ];
}

/** The ids from the index of the filter, then their hashes in one go. */
async function page(redis: Redis, migrationId: string, filter: RawFilter): Promise<Candidate[]> {
  const of = keysOf(migrationId);
  const ids = await idsOf(redis, of, filter);
  const reading = redis.pipeline();
  for (const id of ids) reading.hgetall(of.candidate(id));
  const replies = (await reading.exec()) ?? [];
  return replies.map(([, reply], n) => {
    const { data = "{}", ...fields } = reply as Record<string, string>;
    return { id: ids[n] ?? "", ...fields, ...(JSON.parse(data) as object) };
  });
}

async function idsOf(
  redis: Redis,
  of: ReturnType<typeof keysOf>,
  { status, kind, q, after, limit }: RawFilter,
): Promise<string[]> {
  if (q !== undefined) return search(redis, of.all, { q, after, limit });
  if (kind !== undefined) {
    const upTo = `(${kind}:\xff`;
    const found = await redis.zrangebylex(
      of.kinds,
      `(${kind}:${after}`,
      upTo,
      "LIMIT",
      0,
      limit + 1,
    );
    return found.map((member) => member.slice(kind.length + 1));
  }
  const key = status === undefined ? of.all : of.status(status);
  return redis.zrangebylex(key, after === "" ? "-" : `(${after}`, "+", "LIMIT", 0, limit + 1);
}

/** Some ids after others, until enough of them hold the text. */
async function search(
  redis: Redis,
  key: string,
  { q, after, limit }: { readonly q: string; readonly after: string; readonly limit: number },
): Promise<string[]> {
  const found: string[] = [];
  for (let from = after; found.length <= limit; ) {
    const bound = from === "" ? "-" : `(${from}`;
    const ids = await redis.zrangebylex(key, bound, "+", "LIMIT", 0, 2_000);
    found.push(...ids.filter((id) => id.toLowerCase().includes(q)));
    const last = ids.at(-1);
    if (last === undefined) break;
    from = last;
  }
  return found.slice(0, limit + 1);
}

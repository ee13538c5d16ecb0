import type {
  CallRef,
  CallResult,
  InboxEntry,
  LeasedEntry,
  MigratorInbox,
} from "@loom/migrator-sdk";
import type { Argument } from "../client/client.ts";
import { fromJson, toJson } from "../codec/json.ts";
import { packOwner } from "../codec/owner.ts";
import { packEvent } from "./outbox.ts";
import { answeringScript, LEASED_SECONDS, migratorScript, type MigratorScripts } from "./script.ts";

const ADD = answeringScript(
  "add",
  `local id, run, call, time, body = nextArg(), nextArg(), nextArg(), nextArg(), nextArg()
  if redis.call('HEXISTS', at.calls, id) == 1 then return {'0'} end
  local before = redis.call('HGET', at.latest, run)
  if before then
    endCall(before, time)
    closeWait(before, time)
  end
  redis.call('HSET', at.calls, id, packed(run, call))
  redis.call('HSET', at.latest, run, id)
  writeEntry(id, run, {sequence = nextSequence(), dueAt = time, tries = '0', body = body})
  return {'1'}`,
);

const HAS = migratorScript("has", `return redis.call('HEXISTS', at.calls, nextArg())`);

const LATEST = migratorScript(
  "latest",
  `local id = redis.call('HGET', at.latest, nextArg())
  if not id then return false end
  local _, call = callOf(id)
  return call`,
);

/** @returns tries and entry by turns */
const LEASE = answeringScript(
  "leaseCalls",
  `local owner, now, leased, limit = nextArg(), nextArg(), nextArg(), nextArg()
  local found = {}
  for _, member in ipairs(redis.call('ZRANGEBYSCORE', at.todo, '-inf', now, 'LIMIT', 0, limit)) do
    local id = string.sub(member, 17)
    local run, entry = callOf(id), readEntry(id)
    takeLane(run, id, owner, leased)
    writeEntry(id, run, entry)
    found[#found + 1] = entry.tries
    found[#found + 1] = entry.body
  end
  return found`,
  LEASED_SECONDS,
);

const RENEW = migratorScript(
  "renewCalls",
  `local owner, leased = nextArg(), nextArg()
  local held = {}
  for n = 3, #ARGV do
    local id = ARGV[n]
    local run = callOf(id)
    if run and holds(run, id, owner) then
      takeLane(run, id, owner, leased)
      placeLatest(run)
      if readEntry(id) then held[#held + 1] = id end
    end
  end
  return held`,
);

const POSTPONE = migratorScript(
  "postponeCall",
  `local id, owner, dueAt, tries = nextArg(), nextArg(), nextArg(), nextArg()
  local run = callOf(id)
  if not run or not endLane(run, id, owner) then return 0 end
  local entry = readEntry(id)
  if not entry then return 0 end
  entry.dueAt, entry.tries = dueAt, tries
  writeEntry(id, run, entry)
  return 1`,
);

const FINISH = answeringScript(
  "finishCall",
  `local id, owner, time = nextArg(), nextArg(), nextArg()
  local run = callOf(id)
  if not run or not endLane(run, id, owner) or not readEntry(id) then return {'0'} end
  endCall(id, time)
  for _ = 1, tonumber(nextArg()) do appendEvent(nextArg(), nextArg(), nextArg()) end
  if nextArg() == '1' then openWait(nextArg(), nextArg(), nextArg(), nextArg()) end
  return {'1'}`,
);

const STOP = migratorScript(
  "stopCall",
  `local id, time = nextArg(), nextArg()
  endCall(id, time)
  closeWait(id, time)
  return 1`,
);

export function createInbox({ run, ask }: MigratorScripts): MigratorInbox {
  return {
    async add(entry) {
      const { id, runId, receivedAt } = entry;
      const args = [id, runId, toJson(callRefOf(entry)), receivedAt, toJson(entry)];
      return (await ask(ADD, args))[0] === "1";
    },
    async has(id) {
      return Number(await run(HAS, [id])) === 1;
    },
    async latest(runId) {
      const call = await run(LATEST, [runId]);
      return typeof call === "string" ? (fromJson(call) as CallRef) : null;
    },
    async lease({ owner, now, leaseMs, limit }) {
      return leasedIn(await ask(LEASE, [packOwner(owner), now, now + leaseMs, limit]));
    },
    async renew({ owner, now, leaseMs, ids }) {
      return (await run(RENEW, [packOwner(owner), now + leaseMs, ...ids])) as string[];
    },
    async postpone({ id, owner, dueAt, tries }) {
      await run(POSTPONE, [id, packOwner(owner), dueAt, tries]);
    },
    async finish(result) {
      return (await ask(FINISH, packResult(result)))[0] === "1";
    },
    async stop(id, now) {
      await run(STOP, [id, now]);
    },
  };
}

function callRefOf({ id, request }: InboxEntry): CallRef {
  const { kind, stepName, attempt, stepAttempt } = request;
  return { id, kind, stepName, attempt, stepAttempt };
}

function packResult({ id, owner, now, events, wait }: CallResult): readonly Argument[] {
  const { checkAt = "", ...fixed } = wait ?? {};
  return [
    id,
    packOwner(owner),
    now,
    events.length,
    ...events.flatMap(packEvent),
    ...(wait ? ["1", wait.id, wait.key, toJson(fixed), checkAt] : ["0"]),
  ];
}

function leasedIn(flat: readonly string[]): readonly LeasedEntry[] {
  const entries: LeasedEntry[] = [];
  for (let at = 0; at < flat.length; at += 2)
    entries.push({ ...(fromJson(flat[at + 1] ?? "") as InboxEntry), tries: Number(flat[at]) });
  return entries;
}

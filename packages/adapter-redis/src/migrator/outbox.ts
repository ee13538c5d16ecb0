import type { LeasedEvent, MigratorOutbox, OutboxEvent } from "@loom/migrator-sdk";
import type { Argument } from "../client/client.ts";
import { fromJson, toJson } from "../codec/json.ts";
import { packOwner } from "../codec/owner.ts";
import { answeringScript, LEASED_SECONDS, migratorScript, type MigratorScripts } from "./script.ts";

const APPEND = answeringScript(
  "appendEvent",
  `appendEvent(nextArg(), nextArg(), nextArg())
  return {'1'}`,
);

/** @returns tries and event by turns */
const LEASE = answeringScript(
  "leaseEvents",
  `local owner, now, leased, limit = nextArg(), nextArg(), nextArg(), nextArg()
  local found = {}
  for _, member in ipairs(redis.call('ZRANGEBYSCORE', at.due, '-inf', now, 'LIMIT', 0, limit)) do
    local name = string.sub(member, 17)
    local stream, id = readStream(name), headOf(name)
    stream.leased, stream.owner, stream.id = leased, owner, id
    writeStream(name, stream)
    found[#found + 1] = stream.tries
    found[#found + 1] = eventOf(id).body
  end
  return found`,
  LEASED_SECONDS,
);

const POSTPONE = migratorScript(
  "postponeEvent",
  `local id, owner, dueAt, tries = nextArg(), nextArg(), nextArg(), nextArg()
  local event = eventOf(id)
  local stream = event and readStream(event.name)
  if not stream or stream.id ~= id or stream.owner ~= owner then return 0 end
  free(stream)
  stream.dueAt, stream.tries = dueAt, tries
  writeStream(event.name, stream)
  return 1`,
);

const REMOVE = migratorScript(
  "removeEvent",
  `removeEvent(nextArg())
  return 1`,
);

export function createOutbox({ run, ask }: MigratorScripts): MigratorOutbox {
  return {
    async append(event) {
      await ask(APPEND, packEvent(event));
    },
    async lease({ owner, now, leaseMs, limit }) {
      return leasedIn(await ask(LEASE, [packOwner(owner), now, now + leaseMs, limit]));
    },
    async postpone({ id, owner, dueAt, tries }) {
      await run(POSTPONE, [id, packOwner(owner), dueAt, tries]);
    },
    async remove(id) {
      await run(REMOVE, [id]);
    },
  };
}

/** An event as the scripts that append it read it. */
export function packEvent(event: OutboxEvent): readonly Argument[] {
  return [event.id, event.stream, toJson(event)];
}

function leasedIn(flat: readonly string[]): readonly LeasedEvent[] {
  const events: LeasedEvent[] = [];
  for (let at = 0; at < flat.length; at += 2)
    events.push({ ...(fromJson(flat[at + 1] ?? "") as OutboxEvent), tries: Number(flat[at]) });
  return events;
}

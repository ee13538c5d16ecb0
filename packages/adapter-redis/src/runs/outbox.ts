import type { LeaseRequest, OutboxEntry } from "@loom/core";
import { type Commands, scriptOf } from "../client/client.ts";
import type { MigrationKeys } from "../client/keys.ts";
import { packOwner } from "../codec/owner.ts";
import { newToken } from "../codec/token.ts";
import { OUTBOX } from "../lua/outbox.ts";
import { unpackEntries } from "./entry.ts";

/** @returns due time, tries and body of each entry leased, by turns; the same ones when it is repeated */
const LEASE = scriptOf(
  "lease",
  `local due, outbox, answer = KEYS[1], KEYS[2], KEYS[3]
  ${OUTBOX}
  local owner, now, leased, limit = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
  local found = {}
  local again = redis.call('LRANGE', answer, 0, -1)
  local ids = #again > 0 and again or redis.call('ZRANGEBYSCORE', due, '-inf', now, 'LIMIT', 0, limit)
  for _, id in ipairs(ids) do
    local entry = readEntry(id)
    if entry and (#again == 0 or (entry.owner == owner and entry.leased == leased)) then
      for _, each in ipairs({entry.dueAt, entry.tries, entry.body}) do found[#found + 1] = each end
      if #again == 0 then
        redis.call('RPUSH', answer, id)
        entry.owner, entry.leased = owner, leased
        writeEntry(id, entry)
      end
    end
  end
  if #again == 0 and #found > 0 then redis.call('PEXPIRE', answer, math.max(1, leased - now)) end
  return found`,
);

/** @returns the moments, first to last, at which entries became due */
const PEEK = scriptOf(
  "peek",
  `local found, moments = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'WITHSCORES', 'LIMIT', 0, ARGV[2]), {}
  for n = 2, #found, 2 do moments[n / 2] = found[n] end
  return moments`,
);

/** Prolongs the leases of an owner; an empty text ends them. */
const HOLD = scriptOf(
  "hold",
  `local due, outbox = KEYS[1], KEYS[2]
  ${OUTBOX}
  for n = 3, #ARGV do
    local entry = readEntry(ARGV[n])
    if entry and entry.leased ~= '' and entry.owner == ARGV[1] then
      entry.leased = ARGV[2]
      if ARGV[2] == '' then entry.owner = '' end
      writeEntry(ARGV[n], entry)
    end
  end
  return 1`,
);

const NEXT = scriptOf(
  "nextDue",
  `return redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2] or false`,
);

/** The outbox of one migration. */
export interface MigrationOutbox {
  lease(request: LeaseRequest): Promise<readonly OutboxEntry[]>;
  /** The moments at which the longest due entries became so, up to the limit. */
  peek(request: Pick<LeaseRequest, "now" | "limit">): Promise<readonly number[]>;
  /** Lets the owner's leases on these entries end at `until`, or now. */
  hold(owner: string, ids: readonly string[], until?: number): Promise<void>;
  next(): Promise<number | null>;
}

export function outboxOf(commands: Commands, keys: MigrationKeys): MigrationOutbox {
  const { due, outbox } = keys;
  return {
    async lease({ owner, now, leaseMs, limit }) {
      const where = [due, outbox, keys.answer(newToken())];
      const args = [packOwner(owner), now, now + leaseMs, limit];
      return unpackEntries((await commands.run(LEASE, where, args)) as string[]);
    },
    async peek({ now, limit }) {
      return ((await commands.run(PEEK, [due], [now, limit])) as string[]).map(Number);
    },
    async hold(owner, ids, until) {
      await commands.run(HOLD, [due, outbox], [packOwner(owner), until ?? "", ...ids]);
    },
    async next() {
      const score = await commands.run(NEXT, [due]);
      return score === null ? null : Number(score);
    },
  };
}

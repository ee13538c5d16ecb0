import type { EpochMilliseconds } from "../../clock.ts";
import type { LeaseRequest } from "../port.ts";

interface Lease {
  readonly id: string;
  readonly owner: string;
  until: EpochMilliseconds;
}

/** Who works on what, one piece of work per lane. Leases are never durable: after a restart nobody works on anything. */
export interface Leases {
  isFree(lane: string, now: EpochMilliseconds): boolean;
  take(lane: string, id: string, request: Omit<LeaseRequest, "limit">): void;
  holds(lane: string, id: string, owner: string): boolean;
  /** Ends the owner's lease on this work, if it has one; says whether it had. */
  end(lane: string, id: string, owner: string): boolean;
  /** Ends whatever lease is on this work. */
  clear(lane: string): void;
  until(lane: string): EpochMilliseconds | undefined;
}

/** No leases yet. */
export function createLeases(): Leases {
  const leases = new Map<string, Lease>();
  const holds: Leases["holds"] = (lane, id, owner) => {
    const lease = leases.get(lane);
    return lease?.id === id && lease.owner === owner;
  };
  return {
    holds,
    isFree: (lane, now) => (leases.get(lane)?.until ?? Number.NEGATIVE_INFINITY) <= now,
    take: (lane, id, { owner, now, leaseMs }) =>
      void leases.set(lane, { id, owner, until: now + leaseMs }),
    end: (lane, id, owner) => holds(lane, id, owner) && leases.delete(lane),
    clear: (lane) => void leases.delete(lane),
    until: (lane) => leases.get(lane)?.until,
  };
}

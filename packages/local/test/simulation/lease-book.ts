import type { LeaseRequest, OutboxEntry, StoredRunStore } from "@loom/core";
import type { World } from "./world.ts";

/** Who was given which outbox entry until when: what the store promised, kept beside it. */
export interface LeaseBook {
  give(process: string, request: LeaseRequest, entries: readonly OutboxEntry[]): void;
  renew(request: Parameters<StoredRunStore["renewLeases"]>[0]): void;
  release(request: Parameters<StoredRunStore["releaseLeases"]>[0]): void;
  /** Ends the leases on entries that are done with or put off. */
  forget(ids: readonly string[]): void;
  /** Until when a process holds, or held, an entry; `undefined` when it was never given to it. */
  heldUntil(process: string, id: string): number | undefined;
}

/** How far apart the clocks of two processes may be, in milliseconds. */
export const MOST_SKEW_MS = 250;

export function createLeaseBook({ trace }: Pick<World, "trace">): LeaseBook {
  const current = new Map<string, { readonly owner: string; readonly until: number }>();
  const held = new Map<string, number>();
  const processes = new Map<string, string>();

  const set = (owner: string, id: string, until: number) => {
    current.set(id, { owner, until });
    held.set(`${processes.get(owner) ?? ""} ${id}`, until);
  };
  const owned = (owner: string, ids: readonly string[]) =>
    ids.filter((id) => current.get(id)?.owner === owner);

  return {
    give(process, { owner, now, leaseMs }, entries) {
      processes.set(owner, process);
      for (const { id } of entries) {
        const other = current.get(id);
        if (other && other.owner !== owner && other.until - 2 * MOST_SKEW_MS > now)
          trace.violate(`${id} was given to ${process} while another holds it`);
        set(owner, id, now + leaseMs);
      }
    },
    renew({ owner, ids, now, leaseMs }) {
      for (const id of owned(owner, ids)) set(owner, id, now + leaseMs);
    },
    release({ owner, ids }) {
      for (const id of owned(owner, ids)) current.delete(id);
    },
    forget(ids) {
      for (const id of ids) current.delete(id);
    },
    heldUntil: (process, id) => held.get(`${process} ${id}`),
  };
}

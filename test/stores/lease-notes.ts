import type { StoredRunStore } from "@loom/core";

/** What a process tells of the leases that a store gave it; times in epoch milliseconds. */
export type LeaseNote =
  /** It asked at `now` for leases until `until`, and was answered at `since`. */
  | {
      readonly type: "taken" | "renewed";
      readonly ids: readonly string[];
      readonly now: number;
      readonly since: number;
      readonly until: number;
    }
  /** It gives them up. */
  | { readonly type: "left"; readonly ids: readonly string[]; readonly since: number };

type Leases = Pick<StoredRunStore, "leaseDue" | "renewLeases" | "releaseLeases" | "commitRun">;

/** The store as it is, but that it tells what became of leases. */
export function noteLeases<Store extends Leases>(
  store: Store,
  note: (what: LeaseNote) => void,
): Store {
  const noteHeld = (
    type: "taken" | "renewed",
    ids: readonly string[],
    { now, leaseMs }: { readonly now: number; readonly leaseMs: number },
  ) => {
    if (ids.length > 0) note({ type, ids, now, since: Date.now(), until: now + leaseMs });
  };
  const noteLeft = (ids: readonly string[]) => {
    if (ids.length > 0) note({ type: "left", ids, since: Date.now() });
  };
  const noting: Leases = {
    async leaseDue(request) {
      const entries = await store.leaseDue(request);
      noteHeld(
        "taken",
        entries.map(({ id }) => id),
        request,
      );
      return entries;
    },
    async renewLeases(request) {
      await store.renewLeases(request);
      noteHeld("renewed", request.ids, request);
    },
    async releaseLeases(request) {
      noteLeft(request.ids);
      await store.releaseLeases(request);
    },
    async commitRun(commit) {
      noteLeft([...commit.remove, ...commit.postpone.map(({ id }) => id)]);
      return store.commitRun(commit);
    },
  };
  return { ...store, ...noting };
}

/**
 * Whether the process that told this surely had the lease of an entry at a time. What a slow machine let run out was lost; of
 * what happened within one request nobody knows the order.
 */
export function surelyHeld(notes: readonly LeaseNote[], id: string, at: number): boolean {
  let until = 0;
  for (const note of notes) {
    if (note.since > at || !note.ids.includes(id)) continue;
    if (note.type === "left") until = 0;
    else if (note.type === "taken" || note.now < until) until = note.until;
  }
  return at < until;
}

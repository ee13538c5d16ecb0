import { endsWithin } from "../clock.ts";
import type { Host } from "../host.ts";
import { leaseOf } from "../host.ts";
import type { LeasedEntry } from "../store/port.ts";
import type { WaitOpening } from "../waits/open.ts";
import { callLogger } from "./perform.ts";
import type { AbortReason } from "./run-call.ts";
import { runCall } from "./run-call.ts";

interface Working {
  readonly entry: LeasedEntry;
  readonly controller: AbortController;
  readonly done: Promise<void>;
}

/** Runs handlers, at most so many at a time, and one at a time per run. */
export interface Performer {
  /** Begins what is due, as far as there is room. */
  takeUp(): Promise<void>;
  /** Stops this call, if it is at work here. */
  stop(id: string): void;
  /** Stops what is at work here for the run, but for the call with this id. */
  replace(runId: string, id: string): void;
  /** Prolongs leases, and stops what another process has ended. */
  renew(): Promise<void>;
  readonly busy: boolean;
  /** The calls whose handlers run here. */
  atWork(): readonly LeasedEntry[];
  /** Stops all, and waits for it. */
  close(): Promise<void>;
}

/** How long a handler may go on after its signal before that is told. */
const LATE_MS = 30_000;

async function tellIfLate(host: Host, { entry, done }: Working): Promise<void> {
  if (await endsWithin(host.clock, LATE_MS, done)) return;
  callLogger(host, entry.request).warn(
    "the handler ignores its signal; the next call of its run waits until it has ended",
  );
}

/** @param concurrency how many handlers may run at a time */
export function createPerformer(host: Host, waits: WaitOpening, concurrency: number): Performer {
  const working = new Map<string, Working>();
  const abort = (which: (working: Working) => boolean, reason: AbortReason) => {
    for (const one of working.values()) {
      if (!which(one) || one.controller.signal.aborted) continue;
      one.controller.abort(reason);
      if (reason !== "closing") void tellIfLate(host, one);
    }
  };
  const begin = (entry: LeasedEntry) => {
    const controller = new AbortController();
    const done = runCall(host, waits, entry, controller.signal)
      .catch((error: unknown) =>
        host.logger.error({ err: error, runId: entry.runId }, "a call could not be worked off"),
      )
      .finally(() => {
        working.delete(entry.id);
        host.wake();
      });
    working.set(entry.id, { entry, controller, done });
  };
  return {
    async takeUp() {
      const limit = concurrency - working.size;
      if (limit <= 0) return;
      for (const entry of await host.store.inbox.lease({ ...leaseOf(host), limit })) begin(entry);
    },
    stop: (id) => abort(({ entry }) => entry.id === id, "unwanted"),
    replace: (runId, id) =>
      abort(({ entry }) => entry.runId === runId && entry.id !== id, "replaced"),
    async renew() {
      const ids = [...working.keys()];
      const held = new Set(await host.store.inbox.renew({ ...leaseOf(host), ids }));
      abort(({ entry }) => ids.includes(entry.id) && !held.has(entry.id), "unwanted");
    },
    get busy() {
      return working.size > 0;
    },
    atWork: () => Array.from(working.values(), ({ entry }) => entry),
    async close() {
      abort(() => true, "closing");
      await Promise.all([...working.values()].map(({ done }) => done));
    },
  };
}

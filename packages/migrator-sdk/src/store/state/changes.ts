import type { EpochMilliseconds } from "../../clock.ts";
import type { CallRef, InboxEntry, KeptSettlement, OutboxEvent, Wait } from "../port.ts";

/** One write, all of it or nothing: plain JSON, so that a journal can hold it. Played again in order they give the state. */
export type Change =
  | { readonly type: "call_added"; readonly entry: InboxEntry }
  | {
      readonly type: "call_postponed";
      readonly id: string;
      readonly dueAt: EpochMilliseconds;
      readonly tries: number;
    }
  | {
      readonly type: "call_over";
      readonly id: string;
      readonly at: EpochMilliseconds;
      readonly events: readonly OutboxEvent[];
      readonly wait?: Wait;
    }
  | { readonly type: "settlement_kept"; readonly key: string; readonly kept: KeptSettlement }
  | {
      readonly type: "wait_closed";
      readonly id: string;
      readonly at: EpochMilliseconds;
      readonly event?: OutboxEvent;
    }
  | { readonly type: "event_appended"; readonly event: OutboxEvent }
  | { readonly type: "event_removed"; readonly id: string }
  | {
      readonly type: "forgotten";
      readonly overBefore: EpochMilliseconds;
      readonly keptBefore: EpochMilliseconds;
    }
  // These two stand only in a journal that was written anew: what is left of what is over.
  | {
      readonly type: "call_known";
      readonly call: CallRef;
      readonly runId: string;
      readonly overAt: EpochMilliseconds;
    }
  | { readonly type: "key_known"; readonly key: string; readonly closedAt: EpochMilliseconds }
  | { readonly type: "wait_known"; readonly wait: Wait };

/** Makes changes, in memory at once, and resolves when they, and all made before, are durable. */
export type Commit = (...changes: readonly Change[]) => Promise<void>;

/** Writes changes down; resolves when they, and all given before, are durable. */
export type WriteDown = (changes: readonly Change[]) => Promise<void>;

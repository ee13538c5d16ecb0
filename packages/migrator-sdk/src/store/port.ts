import type { EpochMilliseconds } from "../clock.ts";
import type {
  CompensateStepRequest,
  DispatchStepRequest,
  StepCompletedEvent,
  StringMap,
} from "../contract.ts";

/** A call of Loom that was taken, and is to be worked off. */
export interface InboxEntry {
  /** The `dispatchId`. */
  readonly id: string;
  /** At most one call of a run is worked on at a time. */
  readonly runId: string;
  readonly request: CallRequest;
  readonly receivedAt: EpochMilliseconds;
}

/** What Loom asks: do a step, or undo one. */
export type CallRequest =
  | ({ readonly kind: "do" } & DispatchStepRequest)
  | ({ readonly kind: "undo" } & CompensateStepRequest);

/** The name of a call: which start of the run, which step, which try, done or undone. */
export interface CallRef {
  /** The `dispatchId`. */
  readonly id: string;
  readonly kind: "do" | "undo";
  readonly stepName: string;
  readonly attempt: number;
  readonly stepAttempt: number;
}

/** An entry that its owner may work on. */
export interface LeasedEntry extends InboxEntry {
  /** Tries made before this one. */
  readonly tries: number;
}

/** Who takes work, and for how long. */
export interface LeaseRequest {
  /** Unique to a migrator and its start. */
  readonly owner: string;
  readonly now: EpochMilliseconds;
  readonly leaseMs: number;
  readonly limit: number;
}

/** A call whose step stands open, until something ends it. */
export interface Wait {
  /** The id of its call: a call has at most one wait. */
  readonly id: string;
  readonly runId: string;
  /** What `settle` and `check` name; several waits may share it. */
  readonly key: string;
  /** Who asks by `check`, and how to report. */
  readonly migrationId: string;
  readonly handler: string;
  readonly report: ReportAddress;
  /** When its call was received. */
  readonly calledAt: EpochMilliseconds;
  /** When to ask next; absent when there is nobody to ask. */
  readonly checkAt?: EpochMilliseconds;
}

/** Where the reports of a call go, and what each of them carries. */
export interface ReportAddress {
  readonly callbackId: string;
  readonly stepName: string;
  readonly candidateId: string;
}

/** A settlement that came: kept for waits that are not there yet. */
export interface KeptSettlement {
  readonly settlement:
    | { readonly phase: "merged" | "completed"; readonly metadata?: StringMap }
    | { readonly failed: string; readonly metadata?: StringMap };
  readonly at: EpochMilliseconds;
  /** Whether the key had its waits before: then it is for waits only whose call had been received when it came. */
  readonly taken: boolean;
  /** The runs whose wait it has ended: it ends none of theirs again. */
  readonly runs: readonly string[];
}

/** What is known of a key. */
export interface KnownKey {
  readonly open: readonly Wait[];
  /** Whether there was a wait on it, not yet forgotten, that is closed. */
  readonly closed: boolean;
  readonly kept: KeptSettlement | null;
}

/** A report on its way to Loom. */
export interface OutboxEvent {
  /** The `eventId`. */
  readonly id: string;
  /** The id of its call: the events of one stream are sent in the order in which they were put in. */
  readonly stream: string;
  readonly runId: string;
  readonly callbackId: string;
  readonly body: StepCompletedEvent;
}

/** An event that its owner may send. */
export interface LeasedEvent extends OutboxEvent {
  /** Tries made before this one. */
  readonly tries: number;
}

/** What came of a call: put down all at once, so that no crash leaves half of it. */
export interface CallResult {
  readonly id: string;
  readonly owner: string;
  readonly now: EpochMilliseconds;
  readonly events: readonly OutboxEvent[];
  readonly wait?: Wait;
}

/** A piece of work put off. */
export interface Postponement {
  readonly id: string;
  readonly owner: string;
  readonly dueAt: EpochMilliseconds;
  readonly tries: number;
}

/** Calls taken from Loom. */
export interface MigratorInbox {
  /**
   * Takes a call, durably before it resolves; `false` when its id is known, worked off or not.
   * In the same write the earlier calls of its run are over, as by {@link MigratorInbox.stop}.
   */
  add(entry: InboxEntry): Promise<boolean>;
  /** Whether the id is known. */
  has(id: string): Promise<boolean>;
  /** The last call of a run that was added; `null` when there was none, or it was forgotten. */
  latest(runId: string): Promise<CallRef | null>;
  /** Entries that are due, the oldest first, of runs of which nothing is leased by a living owner; leased from now on. */
  lease(request: LeaseRequest): Promise<readonly LeasedEntry[]>;
  /**
   * Prolongs the owner's leases, so that a run stays its own while a handler of it does; answers those ids that are still its
   * own and not over.
   */
  renew(
    request: Omit<LeaseRequest, "limit"> & { readonly ids: readonly string[] },
  ): Promise<readonly string[]>;
  /** Gives up the owner's lease: the entry is due at `dueAt`, with these tries. Changes nothing without the lease. */
  postpone(postponement: Postponement): Promise<void>;
  /**
   * Works the entry off: its events and its wait are there in the same write. `false`, and neither is there, when the owner
   * has lost the lease, or the call is over. Either way the owner's lease ends.
   */
  finish(result: CallResult): Promise<boolean>;
  /** The call is over with no result, and its wait is closed. If it is leased, its run stays so until its owner has seen it. */
  stop(id: string, now: EpochMilliseconds): Promise<void>;
}

/** What stands open. Waits are opened by {@link MigratorInbox.finish}. */
export interface MigratorWaits {
  /** What is known of a key. */
  find(key: string): Promise<KnownKey>;
  /** Keeps a settlement under a key, in place of an earlier one. */
  keep(key: string, kept: KeptSettlement): Promise<void>;
  /** Closes a wait, and puts the event in, in one write; `false`, and no event, when it is not open. */
  close(id: string, event: OutboxEvent, now: EpochMilliseconds): Promise<boolean>;
  /** Puts the next check of a wait off, or forward; one that is not open changes nothing. */
  checkAgain(id: string, checkAt: EpochMilliseconds): Promise<void>;
  /** Waits with `checkAt` up to now, the longest due first; each gets `nextCheckAt`, so that no other asks meanwhile. */
  takeDueChecks(request: {
    readonly now: EpochMilliseconds;
    readonly nextCheckAt: EpochMilliseconds;
    readonly limit: number;
  }): Promise<readonly Wait[]>;
}

/** Events on their way to Loom. */
export interface MigratorOutbox {
  /** Puts an event at the end of its stream, durably before it resolves. */
  append(event: OutboxEvent): Promise<void>;
  /** The first event of each stream that is due and not leased by a living owner, the oldest first; leased from now on. */
  lease(request: LeaseRequest): Promise<readonly LeasedEvent[]>;
  /** Gives up the owner's lease: the stream is due at `dueAt`. Changes nothing without the lease. */
  postpone(postponement: Postponement): Promise<void>;
  /** The event was answered: takes it out, and frees its stream. One that is not there changes nothing. */
  remove(id: string): Promise<void>;
}

/**
 * What a migrator must not forget: the calls that it took (inbox), what stands open (waits), and the reports that Loom has
 * not answered yet (outbox). Every method is atomic, and what it changed is durable before it resolves. Inbox and outbox
 * hand out work under leases, so that two migrators can share a store.
 */
export interface MigratorStore {
  /** Whether another process may put work in: then the migrator looks for it now and then, and leases expire. */
  readonly shared: boolean;
  /** Makes it ready; called before anything else, and again only after it has failed. @throws LoomError `store_unavailable`, `invalid_configuration` */
  open(): Promise<void>;
  /** Frees what it holds. */
  close(): Promise<void>;
  readonly inbox: MigratorInbox;
  readonly waits: MigratorWaits;
  readonly outbox: MigratorOutbox;
  /** The earliest moment at which a lease or a check may find something that is not leased; `null` when there is none. */
  nextDueAt(): Promise<EpochMilliseconds | null>;
  /** Forgets what is over: calls worked off and waits closed before `overBefore`, settlements kept before `keptBefore`. */
  forget(request: {
    readonly overBefore: EpochMilliseconds;
    readonly keptBefore: EpochMilliseconds;
  }): Promise<void>;
}

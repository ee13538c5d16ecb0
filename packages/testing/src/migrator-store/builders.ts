import type {
  InboxEntry,
  KeptSettlement,
  LeaseRequest,
  MigratorStore,
  OutboxEvent,
  Wait,
} from "@loom/migrator-sdk";

/** Where the time of the suite begins. */
export const START = 1_000_000;
/** How long a lease of the suite lasts. */
export const LEASE = 30_000;

/** What a law of the suite is tried on. Ids are made unique, so that stores may share a database. */
export interface MigratorStoreFixture {
  readonly store: MigratorStore;
  /** A store over the same data, as a process that starts after a kill has it. */
  readonly reopened: () => Promise<MigratorStore>;
  /** Makes a name unique to this test. */
  name(name: string): string;
  entry(call: string, run?: string): InboxEntry;
  wait(call: string, key?: string, run?: string): Wait;
  event(id: string, call: string): OutboxEvent;
  /** Takes calls in, and leases them. */
  work(owner: string, elapsed?: number): Promise<string[]>;
  send(owner: string, elapsed?: number): Promise<string[]>;
  /** Takes a call in and works it off, with a wait. */
  open(call: string, key?: string): Promise<void>;
  finish(call: string, owner?: string, what?: Finished): Promise<boolean>;
}

/** What came of a call. */
export interface Finished {
  readonly events?: readonly OutboxEvent[];
  readonly wait?: Wait;
}

/** A lease at a moment of the suite. */
export function leaseBy(owner: string, elapsed = 0): LeaseRequest {
  return { owner, now: START + elapsed, leaseMs: LEASE, limit: 1_000 };
}

/** A settlement that came at a moment of the suite. */
export function keptAt(elapsed: number, taken = false): KeptSettlement {
  const settlement = { phase: "merged", metadata: { sha: "abc" } } as const;
  return { settlement, at: START + elapsed, taken, runs: taken ? ["run"] : [] };
}

/** Makes the fixture of one test. @param mark unique to it */
export function fixtureOf(
  store: MigratorStore,
  mark: string,
  reopened: () => Promise<MigratorStore>,
): MigratorStoreFixture {
  const name = (text: string) => `${text} ${mark}`;
  const plain = (text: string) => text.slice(0, text.length - mark.length - 1);
  const ours = (text: string) => text.endsWith(mark);
  const event = (id: string, call: string): OutboxEvent => ({
    id: name(id),
    stream: name(call),
    runId: name("run"),
    callbackId: "L1.x",
    body: { stepName: "step", candidateId: "billing", success: true, eventId: name(id) },
  });
  const fixture: MigratorStoreFixture = {
    store,
    reopened,
    name,
    event,
    entry: (call, run = "run") => entryOf(name(call), name(run)),
    wait: (call, key = "key", run = "run") => waitOf(name(call), name(key), name(run)),
    async work(owner, elapsed) {
      const leased = await store.inbox.lease(leaseBy(owner, elapsed));
      return leased.filter(({ id }) => ours(id)).map(({ id }) => plain(id));
    },
    async send(owner, elapsed) {
      const leased = await store.outbox.lease(leaseBy(owner, elapsed));
      return leased.filter(({ id }) => ours(id)).map(({ id }) => plain(id));
    },
    async open(call, key) {
      await store.inbox.add(fixture.entry(call, call));
      await fixture.work("opener");
      await fixture.finish(call, "opener", { wait: fixture.wait(call, key, call) });
    },
    finish: (call, owner = "me", { events = [], wait } = {}) =>
      store.inbox.finish({ id: name(call), owner, now: START, events, ...(wait && { wait }) }),
  };
  return fixture;
}

function entryOf(id: string, runId: string): InboxEntry {
  const request = {
    kind: "do",
    migrationId: "m",
    runId,
    stepName: "step",
    candidate: { id: "billing", metadata: { "Tôpic {a}": "Ünï\u2028" } },
    callbackId: "L1.x",
    eventName: "step-completed:step",
    migratorApp: "app",
    migratorUrl: "http://migrator.example",
    dispatchId: id,
    attempt: 1,
    stepAttempt: 1,
  } as const;
  return { id, runId, request, receivedAt: START };
}

function waitOf(id: string, key: string, runId: string): Wait {
  const report = { callbackId: "L1.x", stepName: "step", candidateId: "billing" };
  return { id, runId, key, migrationId: "m", handler: "bump", report, calledAt: START };
}

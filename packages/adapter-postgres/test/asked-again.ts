import type { CandidateRef, RunProgress, Store } from "@loom/core";
import { runIdOf } from "@loom/core";
import { expect } from "vitest";
import {
  AT,
  changeOf,
  commitOf,
  fill,
  HISTORY,
  migrationOf,
} from "../../../test/stores/builders.ts";

/** The migration that the calls are about. */
export const M = "m";
const NONE = { status: "not_started", attempt: 0 } as const;
const QUEUED = { status: "queued", attempt: 1 } as const;
const RUNNING = { status: "running", attempt: 1 } as const;
const COMPLETED = { status: "completed", attempt: 1 } as const;
const PAGE = { limit: 10 };
const LEASE = { owner: "me", now: 5, leaseMs: 1_000, limit: 10 };
const TIMER = `${runIdOf(M, "begun")}:timer`;

/** A call of a method of a store, and what must come of it. */
export interface AskedAgain {
  /** In which of several ways it is asked. */
  readonly way?: string;
  /** SQL that keeps its first request from its end. */
  readonly lock: string;
  readonly call: (store: Store) => Promise<unknown>;
  /** Sees what it answered, and what is there after it. */
  readonly then: (answer: unknown, store: Store) => Promise<void> | void;
  /** Lines of history that it adds; none when absent. */
  readonly lines?: number;
  /** What else must be there before it. */
  readonly given?: (store: Store) => Promise<unknown>;
}

type Method = Exclude<keyof Store, "durable" | "ping">;
type Calls<M extends Method = Method> = { readonly [Each in M]: readonly AskedAgain[] };

/** Candidates of every kind: `new`, `waiting` in the queue, `claimed` by a start, and `begun` with a timer. */
export async function prepare(store: Store): Promise<void> {
  const ids = ["new", "waiting", "claimed", "begun"];
  await fill(
    store,
    M,
    ids.map((id) => ({ id })),
  );
  for (const id of ids.slice(1)) await store.changeStatus(changeOf(M, id, [NONE, QUEUED]));
  for (const id of ids.slice(2)) await store.changeStatus(changeOf(M, id, [QUEUED, RUNNING]));
  await store.commitRun(commitOf(M, "begun", 0, ["timer"]));
}

/** Every method that a store has. */
export const CALLS: Calls = {
  ...lists(),
  ...positions(),
  ...views(),
  ...runs(),
  ...leases(),
  ...readings(),
};

function lists(): Calls<"register" | "mergeCandidates" | "appendHistory"> {
  const migration = { ...migrationOf(M), name: "Again" };
  const merge = {
    migrationId: M,
    discovery: { id: "again", complete: true },
    at: AT,
    history: HISTORY,
  };
  const merging = {
    call: (store: Store) =>
      store.mergeCandidates({ ...merge, candidates: [{ id: "new", kind: "job" }] }),
    then: is({ added: 0, updated: 1, unchanged: 0, removed: 0, preserved: 3 }),
    lines: 1,
  };
  return {
    register: [
      {
        lock: rowOf("migrations", M),
        call: (store) => store.register({ migration, owner: "owner", history: HISTORY }),
        then: is({ registered: migration }),
        lines: 1,
      },
    ],
    mergeCandidates: [
      { way: "as it begins", lock: rowOf("migrations", M), ...merging },
      { way: "at a candidate", lock: rowOf("candidates", "new"), ...merging },
    ],
    appendHistory: [
      {
        lock: writesOf("history"),
        call: (store) => store.appendHistory(M, HISTORY),
        then: is(undefined),
        lines: 1,
      },
    ],
  };
}

function positions(): Calls<"changeStatus" | "saveInputs"> {
  const saving = (
    way: string,
    expected: { readonly inputs?: Record<string, string> },
  ): AskedAgain => ({
    way,
    lock: rowOf("candidates", "waiting"),
    call: (store) => store.saveInputs(refOf("waiting"), { ...QUEUED, ...expected }, { a: "b" }),
    then: async (answer, store) => {
      expect(answer).toBe(true);
      expect(await store.getCandidate(refOf("waiting"))).toMatchObject({ inputs: { a: "b" } });
    },
  });
  return {
    changeStatus: [
      {
        lock: rowOf("candidates", "new"),
        call: (store) => store.changeStatus(changeOf(M, "new", [NONE, QUEUED])),
        then: is({ applied: true }),
        lines: 1,
      },
    ],
    saveInputs: [
      saving("in place of any", {}),
      saving("in place of those that were read", { inputs: {} }),
    ],
  };
}

function views(): Calls<"saveProgress" | "markCancelling" | "markUndelivered"> {
  const shown = (found: object) => async (answer: unknown, store: Store) => {
    expect(answer).toBe(undefined);
    expect(await store.getRun(refOf("claimed"))).toMatchObject(found);
  };
  const progress: RunProgress = { phase: "running", steps: [], compensations: [] };
  const lock = rowOf("candidates", "claimed");
  return {
    saveProgress: [
      {
        lock,
        call: (store) =>
          store.saveProgress(refOf("claimed"), { attempt: 1, sequence: 3, progress }),
        then: shown({ progress, delivery: "delivered" }),
      },
    ],
    markCancelling: [
      {
        lock,
        call: (store) => store.markCancelling(refOf("claimed"), 1),
        then: shown({ phase: "cancelling" }),
      },
    ],
    markUndelivered: [
      {
        lock,
        call: (store) => store.markUndelivered(refOf("claimed"), 1),
        then: shown({ delivery: "undelivered" }),
      },
    ],
  };
}

function runs(): Calls<"commitRun"> {
  const finishOf = (id: string) => changeOf(M, id, [RUNNING, COMPLETED]);
  const version = async (store: Store) =>
    (await store.loadRun(runIdOf(M, "begun"), 1))?.version ?? 0;
  const due = (count: number) => async (answer: unknown, store: Store) => {
    expect(answer).toBe(true);
    expect(await store.leaseDue(LEASE)).toHaveLength(count);
  };
  const ended = (id: string) => async (answer: unknown, store: Store) => {
    expect(answer).toBe(true);
    expect(await store.getCandidate(refOf(id))).toMatchObject(COMPLETED);
    expect(await store.loadRun(runIdOf(M, id), 1)).toBe(null);
  };
  const state = "UPDATE run_states SET version = version";
  return {
    commitRun: [
      {
        way: "that begins",
        lock: rowOf("candidates", "claimed"),
        call: (store) => store.commitRun(commitOf(M, "claimed", 0, ["first"])),
        then: due(2),
      },
      {
        way: "that advances",
        lock: state,
        call: async (store) =>
          store.commitRun(commitOf(M, "begun", await version(store), ["next"])),
        then: due(2),
      },
      {
        way: "that ends",
        lock: state,
        call: async (store) => {
          const commit = commitOf(M, "begun", await version(store), []);
          return store.commitRun({ ...commit, finish: finishOf("begun") });
        },
        then: ended("begun"),
        lines: 1,
      },
      {
        way: "that begins and ends",
        lock: rowOf("candidates", "claimed"),
        call: (store) =>
          store.commitRun({ ...commitOf(M, "claimed", 0, []), finish: finishOf("claimed") }),
        then: ended("claimed"),
        lines: 1,
      },
    ],
  };
}

/** One who comes too late for its own lease has it until it ends, as one who died. */
function leases(): Calls<"leaseDue" | "renewLeases" | "releaseLeases"> {
  const held = { owner: "me", ids: [TIMER] };
  const given = (store: Store) => store.leaseDue({ ...LEASE, leaseMs: 50 });
  const lock = rowOf("outbox", TIMER);
  return {
    leaseDue: [
      {
        lock: writesOf("outbox"),
        call: (store) => store.leaseDue(LEASE),
        then: async (answer, store) => {
          const later = await store.leaseDue({ ...LEASE, owner: "other", now: 500 });
          expect(later).toEqual([]);
          const last = await store.leaseDue({ ...LEASE, owner: "other", now: 2_000 });
          expect(last).toMatchObject([{ id: TIMER }]);
          expect([[], last]).toContainEqual(answer);
        },
      },
    ],
    renewLeases: [
      {
        given,
        lock,
        call: (store) => store.renewLeases({ ...held, now: 100, leaseMs: 1_000 }),
        then: async (answer, store) => {
          expect([answer, await store.nextDueAt()]).toEqual([undefined, 1_100]);
        },
      },
    ],
    releaseLeases: [
      {
        given,
        lock,
        call: (store) => store.releaseLeases(held),
        then: async (answer, store) => {
          expect([answer, await store.nextDueAt()]).toEqual([undefined, 1]);
        },
      },
    ],
  };
}

function readings() {
  const reading = (table: string, call: AskedAgain["call"]): readonly AskedAgain[] => [
    {
      lock: `LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`,
      call,
      then: async (answer, store) => expect(answer).toEqual(await call(store)),
    },
  ];
  return {
    getMigration: reading("migrations", (store) => store.getMigration(M)),
    listMigrations: reading("migrations", (store) => store.listMigrations()),
    countCandidates: reading("counters", (store) => store.countCandidates(M)),
    findMigrator: reading("apps", (store) => store.findMigrator(`app-${M}`)),
    getCandidate: reading("candidates", (store) => store.getCandidate(refOf("begun"))),
    listCandidates: reading("candidates", (store) => store.listCandidates(M, PAGE)),
    listCancelledAttempts: reading("cancelled_attempts", (store) =>
      store.listCancelledAttempts(M, PAGE),
    ),
    getRun: reading("runs", (store) => store.getRun(refOf("begun"))),
    listRunning: reading("runs", (store) => store.listRunning(PAGE)),
    loadRun: reading("run_states", (store) => store.loadRun(runIdOf(M, "begun"), 1)),
    nextDueAt: reading("outbox", (store) => store.nextDueAt()),
    listHistory: reading("history", (store) => store.listHistory(M, PAGE)),
  };
}

function is(expected: unknown): AskedAgain["then"] {
  return (answer) => expect(answer).toEqual(expected);
}

function refOf(candidateId: string): CandidateRef {
  return { migrationId: M, candidateId };
}

/** Another hand writes the row, so that who waits for it finds another version of it. */
function rowOf(table: string, id: string): string {
  return `UPDATE ${table} SET id = id WHERE id = '${id}'`;
}

/** Lets others read. */
function writesOf(table: string): string {
  return `LOCK TABLE ${table} IN SHARE MODE`;
}

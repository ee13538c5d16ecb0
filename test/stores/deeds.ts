import {
  type Candidate,
  type CandidateFilter,
  type CandidateStatus,
  type Page,
  type PageRequest,
  type Position,
  runIdOf,
  type RunProgress,
  type StepStatus,
  type Store,
} from "@loom/core";
import { startRun } from "@loom/core/run";
import * as fc from "fast-check";
import { AT, changeOf, HISTORY, manifestOf, migrationOf } from "./builders.ts";

/** Something that can be asked of any store; it answers with plain data, in an order that does not depend on the store. */
export type Deed = (store: Store) => Promise<unknown>;

const STATUSES = ["not_started", "queued", "running", "completed"] as const;
const STEP_STATUSES = ["in_progress", "open", "awaiting_review", "failed", "merged"] as const;
const MIGRATION = "m";
const OWNERS = ["ada", "eve"];

/** Text that every store must keep: well formed, and without NUL. */
const text = fc.string({ unit: "binary", maxLength: 30 }).filter((each) => !each.includes("\0"));
const name = fc.oneof(text, fc.constantFrom("__proto__", "constructor", "", "a".repeat(200)));
const strings = fc.dictionary(name, fc.oneof(text, fc.constant("v".repeat(5_000))), { maxKeys: 3 });
const position: fc.Arbitrary<Position> = fc.record({
  status: fc.constantFrom(...STATUSES),
  attempt: fc.nat(2),
});

/** Deeds about some candidate ids, in any order: most make sense now and then only. */
export function deedsOn(ids: readonly string[]): fc.Arbitrary<readonly Deed[]> {
  const id = fc.constantFrom(...ids);
  const deed = fc.oneof(
    { arbitrary: submissions(ids), weight: 3 },
    { arbitrary: moves(id), weight: 6 },
    { arbitrary: views(id), weight: 3 },
    { arbitrary: storedRuns(id), weight: 3 },
    { arbitrary: announcements(), weight: 1 },
    { arbitrary: questions(id), weight: 3 },
  );
  return fc.array(deed, { minLength: 20, maxLength: 60, size: "max" });
}

/** Asks everything that can be asked. */
export async function askAll(store: Store, ids: readonly string[]): Promise<unknown> {
  const refs = ids.map((candidateId) => ({ migrationId: MIGRATION, candidateId }));
  return {
    migrations: await store.listMigrations(),
    records: await Promise.all(refs.map((ref) => store.getCandidate(ref))),
    runs: await Promise.all(refs.map((ref) => store.getRun(ref))),
    running: sorted(await allOf((page) => store.listRunning(page))),
    history: await allOf((page) => store.listHistory(MIGRATION, page)),
    cancelled: await allOf((page) => store.listCancelledAttempts(MIGRATION, page)),
    next: await store.nextDueAt(),
  };
}

function submissions(ids: readonly string[]): fc.Arbitrary<Deed> {
  const data = fc.record(
    { kind: fc.constantFrom("job", "Job", "ß"), metadata: strings, state: strings },
    { requiredKeys: [] },
  );
  const list: fc.Arbitrary<Candidate[]> = fc.uniqueArray(
    fc.tuple(fc.constantFrom(...ids), data).map(([id, more]) => ({ id, ...more })),
    { selector: ({ id }) => id },
  );
  const discovery = fc.record({
    id: fc.constantFrom("d1", "d2", "__proto__"),
    complete: fc.boolean(),
  });
  return fc
    .record({ candidates: list, discovery })
    .map(
      (given) => (store) =>
        store.mergeCandidates({ migrationId: MIGRATION, at: AT, history: HISTORY, ...given }),
    );
}

function moves(id: fc.Arbitrary<string>): fc.Arbitrary<Deed> {
  // Mostly from where the candidate stands, so that it gets somewhere.
  const from = fc.option(position, { freq: 5, nil: undefined });
  const inputs = fc.option(strings, { nil: undefined });
  const parts = fc.record({
    id,
    from,
    status: fc.constantFrom(...STATUSES, "running", "running", "not_started"),
    isNew: fc.boolean(),
    inputs,
  });
  return fc
    .tuple(parts, fc.boolean(), fc.uuid())
    .map(([given, isCancel, token]) => async (store) => {
      const found = await store.getCandidate({ migrationId: MIGRATION, candidateId: given.id });
      const stands = given.from ?? {
        status: found?.status ?? "queued",
        attempt: found?.attempt ?? 0,
      };
      const to = { status: given.status, attempt: stands.attempt + (given.isNew ? 1 : 0) };
      const { inputs: changed } = given;
      const change = {
        ...changeOf(MIGRATION, given.id, [pick(stands), to]),
        token,
        ...(changed && { inputs: changed }),
        ...(isCancel && { cancelled: cancelledOf(given.id, to.attempt) }),
      };
      const first = await store.changeStatus(change);
      return [first, first.applied ? await store.changeStatus(change) : first];
    });
}

/** Mostly the attempt at which the candidate stands, so that something comes of it. */
const someAttempt = fc.option(fc.integer({ min: 1, max: 3 }), { freq: 5, nil: undefined });

async function attemptOf(store: Store, candidateId: string): Promise<number> {
  const found = await store.getCandidate({ migrationId: MIGRATION, candidateId });
  return Math.max(1, found?.attempt ?? 1);
}

function views(id: fc.Arbitrary<string>): fc.Arbitrary<Deed> {
  const parts = fc.record({
    id,
    attempt: someAttempt,
    sequence: fc.nat(9),
    status: fc.option(fc.constantFrom(...STEP_STATUSES), { nil: undefined }),
    error: text,
    what: fc.constantFrom("save", "save", "cancelling", "undelivered", "inputs"),
    at: position,
    inputs: strings,
  });
  return parts.map((given) => async (store) => {
    const ref = { migrationId: MIGRATION, candidateId: given.id };
    const number = given.attempt ?? (await attemptOf(store, given.id));
    if (given.what === "cancelling") return store.markCancelling(ref, number);
    if (given.what === "undelivered") return store.markUndelivered(ref, number);
    if (given.what === "inputs") return store.saveInputs(ref, given.at, given.inputs);
    const progress = progressOf(given.status, given.error);
    await store.saveProgress(ref, { attempt: number, sequence: given.sequence, progress });
    return store.getRun(ref);
  });
}

function storedRuns(id: fc.Arbitrary<string>): fc.Arbitrary<Deed> {
  const entry = fc.record({ name: fc.constantFrom("a", "b"), dueAt: fc.nat(20), tries: fc.nat(3) });
  const commit = fc.record({
    // A version is the store's own to number: the only ones known from outside are none, and one that never was.
    version: fc.option(fc.constantFrom(0, 2 ** 52), { freq: 4, nil: undefined }),
    add: fc.uniqueArray(entry, { selector: (each) => each.name, maxLength: 2 }),
    postpone: fc.uniqueArray(entry, { selector: (each) => each.name, maxLength: 1 }),
    remove: fc.subarray(["a", "b"]),
    hasten: fc.subarray(["a", "b"]),
    isLast: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
  });
  const commits = fc.tuple(id, someAttempt, commit).map(([candidateId, chosen, given]): Deed => {
    const runId = runIdOf(MIGRATION, candidateId);
    return async (store) => {
      const number = chosen ?? (await attemptOf(store, candidateId));
      const named = (end: string) => `${number} ${end} ${runId}`;
      const stored = await store.loadRun(runId, number);
      const [state] = startRun(manifestOf(MIGRATION, candidateId, number), AT);
      const call = { attempt: number, kind: "do", step: "bump", number: 1 } as const;
      const won = await store.commitRun({
        runId,
        attempt: number,
        expectedVersion: given.version ?? stored?.version ?? 0,
        state,
        add: given.add.map(({ name: end, dueAt, tries }) => {
          const command = { type: "set_timer", id: named(end), call, dueAt } as const;
          return { id: named(end), runId, attempt: number, command, dueAt, tries };
        }),
        postpone: given.postpone.map(({ name: end, ...rest }) => ({ id: named(end), ...rest })),
        remove: given.remove.map(named),
        hasten: given.hasten.map(named),
        ...(given.isLast && { finish: finishOf(candidateId, number) }),
      });
      return [won, (await store.loadRun(runId, number))?.state];
    };
  });
  // Whatever is due is leased, so that nothing depends on the order among equals.
  const leases = fc
    .record({
      owner: fc.constantFrom("a|b", "%7c"),
      now: fc.nat(40),
      leaseMs: fc.integer({ min: 1, max: 9 }),
    })
    .map(
      (given): Deed =>
        async (store) => {
          const entries = await store.leaseDue({ ...given, limit: 100 });
          const ids = entries.slice(0, 1).map((each) => each.id);
          await store.renewLeases({ ...given, ids: [...ids, "none"], leaseMs: given.leaseMs + 3 });
          await store.releaseLeases({ owner: given.owner === "a|b" ? "%7c" : "a|b", ids });
          return sorted(entries);
        },
    );
  return fc.oneof({ arbitrary: commits, weight: 3 }, { arbitrary: leases, weight: 1 });
}

function announcements(): fc.Arbitrary<Deed> {
  const parts = fc.record({
    id: fc.constantFrom(MIGRATION, "n"),
    owner: fc.constantFrom(...OWNERS),
    migratorApp: fc.constantFrom("app-m", "app {n}", "__proto__"),
    migratorUrl: fc.webUrl(),
    overview: fc.array(text, { maxLength: 2 }),
  });
  return parts.map(({ owner, id, ...more }) => async (store) => {
    const migration = { ...migrationOf(id), ...more };
    const answer = await store.register({ migration, owner, history: HISTORY });
    return [answer, await store.findMigrator(more.migratorApp), await store.getMigration("n")];
  });
}

function questions(id: fc.Arbitrary<string>): fc.Arbitrary<Deed> {
  const parts = fc.record(
    {
      status: fc.constantFrom(...STATUSES),
      kind: fc.constantFrom("job", "Job", "ß"),
      stepStatus: fc.constantFrom(...STEP_STATUSES),
      q: id.map((each) => Array.from(each).slice(0, 2).join("").toUpperCase()),
    },
    { requiredKeys: [] },
  );
  return fc.tuple(parts, fc.integer({ min: 1, max: 4 })).map(
    ([filter, limit]) =>
      async (store) =>
        sorted(await listed(store, filter, limit)),
  );
}

function listed(store: Store, filter: Partial<CandidateFilter>, limit: number): Promise<unknown[]> {
  return allOf((page) => store.listCandidates(MIGRATION, { ...filter, ...page }), limit);
}

async function allOf<T>(read: (page: PageRequest) => Promise<Page<T>>, limit = 2): Promise<T[]> {
  const all: T[] = [];
  for (let cursor: string | undefined, isEnd = false; !isEnd; isEnd = cursor === undefined) {
    const page = await read({ limit, ...(cursor !== undefined && { cursor }) });
    all.push(...page.items);
    cursor = page.nextCursor;
  }
  return all;
}

function sorted(items: readonly unknown[]): unknown[] {
  const keyed = items.map((item) => [JSON.stringify(item, keysInOrder), item] as const);
  return keyed.toSorted(([a], [b]) => (a < b ? -1 : Number(a > b))).map(([, item]) => item);
}

function keysInOrder(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function pick({ status, attempt }: Position): Position {
  return { status, attempt };
}

function cancelledOf(candidateId: string, attempt: number) {
  return { runId: runIdOf(MIGRATION, candidateId), candidateId, attempt, cancelledAt: AT };
}

function finishOf(candidateId: string, attempt: number) {
  const status: CandidateStatus = "completed";
  return changeOf(MIGRATION, candidateId, [
    { status: "running", attempt },
    { status, attempt },
  ]);
}

function progressOf(status: StepStatus | undefined, error: string): RunProgress {
  const currentStep = status && { stepName: "bump", status, since: AT, error };
  return { phase: "running", ...(currentStep && { currentStep }), steps: [], compensations: [] };
}

import type { OutboxEntry, RunCommit, StatusChange } from "@loom/core";
import { runIdOf } from "@loom/core";
import { startRun } from "@loom/core/run";
import { at, changeOf, historyOf, manifestOf } from "../store/builders.ts";
import type { StoreFixture } from "../store/fixture.ts";

/** The moment that the times of outboxes count from: epoch milliseconds. */
export const START = Date.UTC(2030, 0, 1);
/** How long the leases of these tests last, in milliseconds. */
export const LEASE = 10_000;

/** A commit that creates a run, changed in parts. */
export function commitOf(
  { migrationId }: StoreFixture,
  candidateId: string,
  more: Partial<RunCommit> = {},
): RunCommit {
  const attempt = more.attempt ?? 1;
  const [state] = startRun(manifestOf(migrationId, candidateId, attempt), at(3));
  return {
    runId: runIdOf(migrationId, candidateId),
    attempt,
    expectedVersion: 0,
    state,
    add: [],
    remove: [],
    postpone: [],
    hasten: [],
    ...more,
  };
}

/** An entry of the outbox of a run, due some milliseconds after {@link START}. */
export function entryOf(
  { migrationId }: StoreFixture,
  candidateId: string,
  name: string,
  due: number,
  attempt = 1,
): OutboxEntry {
  const runId = runIdOf(migrationId, candidateId);
  const call = { attempt, kind: "do", step: "bump", number: 1 } as const;
  const id = `${runId}:${attempt}:${name}`;
  const command = {
    type: "dispatch_step",
    id,
    call,
    step: { name: "bump" },
    inputs: { a: "b" },
  } as const;
  return { id, runId, attempt, command, dueAt: START + due, tries: 0 };
}

/** Claims a candidate and begins its run with entries given by name and due time. */
export async function begin(
  t: StoreFixture,
  candidateId: string,
  entries: Readonly<Record<string, number>> = {},
): Promise<readonly OutboxEntry[]> {
  await t.submit([candidateId], { complete: false });
  const { attempt } = await t.bring(candidateId, "running");
  const add = Object.entries(entries).map(([name, due]) =>
    entryOf(t, candidateId, name, due, attempt),
  );
  await t.store.commitRun(commitOf(t, candidateId, { attempt, add }));
  return add;
}

/** Commits a change to a run at its present version. */
export async function revise(
  t: StoreFixture,
  candidateId: string,
  more: Partial<RunCommit>,
): Promise<boolean> {
  const attempt = more.attempt ?? 1;
  const stored = await t.store.loadRun(runIdOf(t.migrationId, candidateId), attempt);
  const expectedVersion = stored?.version ?? 0;
  return t.store.commitRun(commitOf(t, candidateId, { expectedVersion, ...more }));
}

/** The change that ends an attempt. */
export function finishOf(
  { migrationId }: StoreFixture,
  candidateId: string,
  outcome: "completed" | "cancelled",
  attempt = 1,
): StatusChange {
  const status = outcome === "completed" ? "completed" : "not_started";
  const runId = runIdOf(migrationId, candidateId);
  const from = { status: "running", attempt } as const;
  const action = outcome === "completed" ? "complete" : "close";
  return changeOf(migrationId, candidateId, [from, { status, attempt }], {
    at: at(90),
    history: historyOf(action, { candidateId, attempt }),
    ...(outcome === "cancelled" && {
      cancelled: { runId, candidateId, attempt, cancelledAt: at(90) },
    }),
  });
}

/** The names of the entries, of this fixture only, that an owner gets some milliseconds after {@link START}. */
export async function lease(
  { store, migrationId }: StoreFixture,
  owner: string,
  elapsed: number,
  limit = 100,
): Promise<string[]> {
  const now = START + elapsed;
  const entries = await store.leaseDue({ owner: owner + migrationId, now, leaseMs: LEASE, limit });
  return entries.filter((each) => isOf(migrationId, each)).map(nameOf);
}

/** The ids of entries by their names, as `renewLeases` and `releaseLeases` take them, with their owner. */
export function held(
  { migrationId }: StoreFixture,
  owner: string,
  entries: readonly OutboxEntry[],
): { readonly owner: string; readonly ids: readonly string[] } {
  return { owner: owner + migrationId, ids: entries.map(({ id }) => id) };
}

export function nameOf({ id }: OutboxEntry): string {
  return id.slice(id.lastIndexOf(":") + 1);
}

function isOf(migrationId: string, { runId }: OutboxEntry): boolean {
  return runId.startsWith(runIdOf(migrationId, ""));
}

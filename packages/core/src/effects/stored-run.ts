import type { MigrationManifest } from "../domain/manifest.ts";
import { timestampOf } from "../domain/time.ts";
import type { EpochMilliseconds } from "../domain/values.ts";
import { LoomError } from "../errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { OutboxEntry, StoredRun, StoredRunStore } from "../ports/run-store.ts";
import type { Answer, RunEvent } from "../run/events.ts";
import { advanceRun, INTERPRETER_VERSION, startRun } from "../run/machine.ts";
import { dispatchIdOf, sameCall, timerIdOf } from "../run/names.ts";
import { commitOf } from "./commit.ts";

/** What a stored host needs to advance runs. */
export interface StoredRunHost {
  readonly store: StoredRunStore;
  readonly clock: Clock;
}

/** Names one attempt of a run. */
export interface RunKey {
  readonly runId: string;
  readonly attempt: number;
}

/** Begins a claimed attempt; does nothing when it was begun already or is over. @returns whether it was begun here */
export async function beginStoredRun(
  { store, clock }: StoredRunHost,
  manifest: MigrationManifest,
): Promise<boolean> {
  const now = clock.now();
  const begun = startRun(manifest, timestampOf(now));
  return store.commitRun(commitOf(undefined, 0, begun, now, []));
}

/**
 * Gives an event to a run: load, advance, compare-and-set, again from the start when another was faster. An entry that the
 * event settles leaves the outbox in the same commit.
 *
 * @throws LoomError `engine_unavailable` when a newer Loom began the run: it is left alone
 */
export async function advanceStoredRun(
  host: StoredRunHost,
  key: RunKey,
  event: RunEvent,
): Promise<Answer> {
  for (;;) {
    const stored = await loadOwnRun(host.store, key);
    if (!stored) return "not_running";
    const [state, commands, answer] = advanceRun(stored.state, event);
    const remove = settledEntries(key.runId, event);
    if (state === stored.state && remove.length === 0) return answer;
    const advance = [state, commands] as const;
    const commit = commitOf(stored.state, stored.version, advance, host.clock.now(), remove);
    if (await host.store.commitRun(commit)) return answer;
  }
}

/** Whether the call of an entry may (still) be made: `stopping` once it must not be repeated, `gone` once it is settled. */
export type CallStanding = "wanted" | "stopping" | "gone";

/** A call that a host is about to make, with the manifest that it belongs to; without one its run is over. */
export interface LoadedCall {
  readonly standing: CallStanding;
  readonly manifest?: MigrationManifest;
}

/** How the call of an outbox entry stands. @throws LoomError `engine_unavailable` as {@link advanceStoredRun} */
export async function loadCall({ store }: StoredRunHost, entry: OutboxEntry): Promise<LoadedCall> {
  const stored = await loadOwnRun(store, entry);
  const standing = standingIn(stored, entry);
  return stored ? { standing, manifest: stored.state.manifest } : { standing };
}

/** Puts a call off until `dueAt`, unless it is no longer wanted; a stop that comes meanwhile is seen. */
export async function postponeCall(
  { store }: StoredRunHost,
  entry: OutboxEntry,
  dueAt: EpochMilliseconds,
): Promise<CallStanding> {
  for (;;) {
    const stored = await loadOwnRun(store, entry);
    const standing = standingIn(stored, entry);
    if (!stored || standing !== "wanted") return standing;
    const { runId, attempt, id } = entry;
    const postpone = [{ id, dueAt, tries: entry.tries + 1 }];
    const { state, version: expectedVersion } = stored;
    const nothing = { add: [], remove: [], hasten: [] };
    if (await store.commitRun({ runId, attempt, expectedVersion, state, postpone, ...nothing }))
      return "wanted";
  }
}

function standingIn(stored: StoredRun | null, entry: OutboxEntry): CallStanding {
  const inFlight = stored?.state.inFlight;
  if (!inFlight || !sameCall(inFlight.call, entry.command.call)) return "gone";
  return inFlight.stopping ? "stopping" : "wanted";
}

async function loadOwnRun(store: StoredRunStore, key: RunKey): Promise<StoredRun | null> {
  const stored = await store.loadRun(key.runId, key.attempt);
  if (stored && stored.state.interpreterVersion > INTERPRETER_VERSION)
    throw new LoomError("engine_unavailable", "The run was begun by a newer version of Loom.");
  return stored;
}

function settledEntries(runId: string, event: RunEvent): string[] {
  if (event.type === "dispatch_settled") return [dispatchIdOf(runId, event.call)];
  return event.type === "timer_fired" ? [timerIdOf(runId, event.call)] : [];
}

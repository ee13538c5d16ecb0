import type { MigrationManifest } from "../domain/manifest.ts";
import type { RunPhase } from "../domain/run.ts";
import type { StringMap } from "../domain/values.ts";
import type { CompensateStep, DispatchStep, Finish, SaveProgress } from "../run/command-types.ts";
import type { Answer, CancelRequested, RunEvent } from "../run/events.ts";
import type { Clock } from "./clock.ts";
import type { Logger } from "./logger.ts";
import type { CallOutcome } from "./migrator-notifier.ts";
import type { Store } from "./store.ts";

/** What `createLoom` hands to an engine, so that nobody wires an engine to a store. */
export interface EngineHost {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Makes one call to the migrator that is registered now. Rejects only when the store cannot be read. */
  deliver(
    manifest: MigrationManifest,
    command: DispatchStep | CompensateStep,
  ): Promise<CallOutcome>;
  /** Performs a write of a loop host; idempotent, and harmless when it comes late. */
  write(manifest: MigrationManifest, command: SaveProgress | Finish): Promise<void>;
}

/** A run as its engine knows it. */
export interface EngineRun {
  readonly phase: RunPhase;
}

/**
 * Hosts runs: gives each event to the run machine, in some order, and performs its commands at least once.
 * Whatever it cannot reach throws `engine_unavailable` or `store_unavailable`.
 */
export interface ExecutionEngine {
  /**
   * Tells apart the engines that one store may meet, such as `temporal/default`: a run that began in one is left alone by a
   * Loom with another. Absent for an engine that keeps its runs in the store.
   */
  readonly name?: string;
  /** Called once, by `createLoom`, before anything else. */
  connect(host: EngineHost): void;
  /** Takes up work that is due, from now on. @throws LoomError `invalid_configuration` for a runtime that cannot host runs */
  open(): Promise<void>;
  /** Takes no new work and waits for the work in flight. */
  close(): Promise<void>;
  /** Answers when the engine's runtime can be reached, and runs hosted there. @throws LoomError `engine_unavailable` */
  ping?(): Promise<void>;
  /**
   * Refuses more inputs than a run can ever hold here. Asked before a claim or an update is written, so that nothing is left behind.
   *
   * @throws LoomError `payload_too_large`
   */
  guardInputs?(inputs: StringMap): void;
  /**
   * Begins the claimed attempt; a repetition, or one that comes after the attempt's end, changes nothing.
   *
   * @throws LoomError `payload_too_large` when the runtime can never take so much: then nothing has begun, and the claim is undone
   */
  startRun(manifest: MigrationManifest): Promise<void>;
  /** `null` when the engine does not know that attempt (any more). */
  getRun(runId: string, attempt: number): Promise<EngineRun | null>;
  /** Durably takes the event; the answer is exact where the host holds the state, else `accepted`. An unknown attempt is `not_running`. */
  raiseEvent(runId: string, attempt: number, event: RunEvent): Promise<Answer>;
  /** The same for a cancel, which an engine may have to tell its runtime too. */
  cancelRun(runId: string, attempt: number, event: CancelRequested): Promise<Answer>;
}

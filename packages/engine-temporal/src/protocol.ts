import type { CallName, MigrationManifest } from "@loom/core";
import type {
  CompensateStep,
  DispatchOutcome,
  DispatchStep,
  Finish,
  RunEvent,
  RunState,
  SaveProgress,
  SetTimer,
} from "@loom/core/run";

/** What client, workflow and activities call each other by. Runs last weeks, so these names never change. */
export const RUN_WORKFLOW = "loomRun";
export const EVENT_SIGNAL = "loomEvent";
/** Several events in one. An older worker keeps what it has no handler for, for a newer one to find in the history. */
export const EVENTS_SIGNAL = "loomEvents";
export const PROGRESS_QUERY = "progress";

/** What a workflow execution says of itself, in its memo. */
export interface RunMemo {
  readonly migrationId: string;
  readonly candidateId: string;
  readonly attempt: number;
  /** When the attempt was claimed: tells a repeated start from one of another store. */
  readonly claimedAt: string;
  /** `running` until the run has taken a cancel, which makes it `cancelling`. */
  readonly phase: "running" | "cancelling";
}

/** An event as it is sent: with the claim of the attempt that it is meant for, as in the memo. Absent in signals of before. */
export type AddressedEvent = RunEvent & { readonly claimedAt?: string };

/** How long the server waits for activities of a run, in seconds. */
export interface RunTiming {
  /** Without a heartbeat for so long, a dispatch is given to another worker. */
  readonly heartbeatSeconds: number;
  /** The longest that one call to a migrator may take, its reads and writes of the store included. */
  readonly callSeconds: number;
}

/** The argument of the run workflow: an attempt to begin, or one to go on with after a continue-as-new. */
export type RunInput = {
  /** The version of the rules that the sender knows; an older worker leaves the run alone. */
  readonly interpreterVersion: number;
  readonly timing: RunTiming;
} & ({ readonly manifest: MigrationManifest } | { readonly carried: CarriedRun | CarriedWithView });

/** What a continue-as-new hands on. No event waits then, for the server refuses one that a signal has overtaken. */
export interface CarriedRun {
  readonly state: RunState;
  /** Those that were running. */
  readonly timers: readonly SetTimer[];
}

/** What a continue-as-new handed on before views were made of the state again. */
export interface CarriedWithView {
  readonly state: RunState;
  /** What was still to be done: the last view to be shown, and the timers that were running. */
  readonly commands: readonly (SaveProgress | SetTimer)[];
}

/** Names an attempt. */
export interface AttemptRef {
  /** Of which migration. */
  readonly migrationId: string;
  /** Of which of its candidates. */
  readonly candidateId: string;
  /** Which start of the candidate's run, from 1. */
  readonly attempt: number;
}

/** The argument of the dispatch activity. Step and candidate are in the store, in the pinned manifest, and not here. */
export interface DispatchInput extends AttemptRef {
  /** Whether the step is to be done or undone. */
  readonly type: (DispatchStep | CompensateStep)["type"];
  /** The `dispatchId` under which the migrator knows the call, the same each time that it is made. */
  readonly id: string;
  /** Names the call within its run. */
  readonly call: CallName;
  /** The operator's inputs as they are now. */
  readonly inputs: DispatchStep["inputs"];
  /** What is to be undone: how the step stood. Absent when it is to be done. */
  readonly stepStatus?: CompensateStep["stepStatus"];
  /** What was reported on the step that is to be undone. */
  readonly stepMetadata?: CompensateStep["stepMetadata"];
  /** A view to show before the call is made. */
  readonly view?: SaveProgress;
}

/** How a dispatch ended; `over` when the store no longer has that attempt running. */
export type DispatchResult =
  | { readonly outcome: DispatchOutcome; readonly error?: string }
  | { readonly outcome: "over" };

/** The argument of the write activity. */
export interface WriteInput {
  /** With its ids alone: a write needs no more. */
  readonly manifest: MigrationManifest;
  /** What to write: a view for readers, or the status with which the attempt ends. Harmless when it comes late or again. */
  readonly command: SaveProgress | Finish;
}

/** The activities of Loom, by the names under which a worker registers them. */
export interface LoomActivities {
  /** Makes one call to a migrator and says how it ended; fails when it is to be made again. */
  loomDispatch(input: DispatchInput): Promise<DispatchResult>;
  /** Writes a view, or the end of an attempt. */
  loomWrite(input: WriteInput): Promise<void>;
}

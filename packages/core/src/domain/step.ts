import type { StringMap, Timestamp } from "./values.ts";

/** How a dispatch that could not be delivered is repeated before the step fails. */
export interface DispatchRetry {
  /** Calls in all, the first one included. Default 8. */
  readonly attempts?: number;
  /** Pause before the second call, in seconds; it doubles each time. Default 1. */
  readonly initialSeconds?: number;
  /** The longest pause, in seconds. Default 60. */
  readonly maxSeconds?: number;
}

/** One unit of work of a migration, as planned. */
export interface StepDefinition {
  /** Unique in the plan, 1–128 characters. */
  readonly name: string;
  readonly description?: string;
  /** The app that performs it; the migration's own migrator when absent or not registered. */
  readonly migratorApp?: string;
  /** Which handler of the migrator does it; the name when absent. */
  readonly type?: string;
  /** Opaque to Loom, given to the handler. */
  readonly config?: StringMap;
  /** URLs of the files it touches, for people. */
  readonly files?: readonly string[];
  /** Seconds from its dispatch after which the step counts as failed without a terminal event. */
  readonly timeoutSeconds?: number;
  readonly dispatchRetry?: DispatchRetry;
  /** Whether a cancel with compensation undoes it. */
  readonly compensable?: boolean;
}

/** What a migrator may say of a step. The last three are terminal. */
export type StepStatus =
  | "in_progress"
  | "open"
  | "awaiting_review"
  | "completed"
  | "merged"
  | "failed";

/** Why an earlier step-attempt failed, kept when the step is retried. */
export interface StepFailure {
  readonly stepAttempt: number;
  readonly error: string;
  readonly at: Timestamp;
}

/** What has become of a step that was begun. */
export interface StepState {
  readonly stepName: string;
  readonly status: StepStatus;
  /** 1 for the first try; each retry adds one. */
  readonly stepAttempt: number;
  readonly startedAt: Timestamp;
  readonly updatedAt: Timestamp;
  readonly completedAt?: Timestamp;
  /** Merged key by key from every event, kept over retries. */
  readonly metadata?: StringMap;
  readonly error?: string;
  readonly failures?: readonly StepFailure[];
}

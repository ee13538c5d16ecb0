import type { StepDefinition } from "./step.ts";
import type { Timestamp } from "./values.ts";

/** A value that the operator gives at start, unless the candidate's metadata has it already. */
export interface InputDefinition {
  readonly name: string;
  readonly label: string;
  readonly description?: string;
  readonly optional?: boolean;
  /** Never shown again by Loom or its logs. */
  readonly secret?: boolean;
}

/** A registered plan. It says how; its candidates say what. */
export interface Migration {
  /** A slug owned by the principal that announced it first. */
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  /** The phases, in words, for operators. */
  readonly overview?: readonly string[];
  readonly steps: readonly StepDefinition[];
  readonly requiredInputs: readonly InputDefinition[];
  readonly migratorApp: string;
  readonly migratorUrl: string;
  readonly createdAt: Timestamp;
  readonly updatedAt: Timestamp;
}

/** How many candidates of a migration stand where. `blocked` and `awaitingReview` are parts of `running`. */
export interface CandidateCounts {
  readonly notStarted: number;
  readonly queued: number;
  readonly running: number;
  readonly completed: number;
  readonly blocked: number;
  readonly awaitingReview: number;
}

import type { Candidate } from "./candidate.ts";
import type { StepDefinition } from "./step.ts";
import type { StringMap } from "./values.ts";

/** The snapshot that a run starts from and keeps: a migration announced anew changes later runs only. */
export interface MigrationManifest {
  readonly migrationId: string;
  readonly runId: string;
  readonly attempt: number;
  readonly candidate: Candidate;
  readonly steps: readonly StepDefinition[];
  /** The name of the engine in which the run begins; absent for one that keeps its runs in the store. */
  readonly engine?: string;
  /** The operator's inputs at the start; later ones come by `inputs_updated`. */
  readonly inputs?: StringMap;
}

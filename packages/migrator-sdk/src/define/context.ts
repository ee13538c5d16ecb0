import type { Candidate, FileDiff, FileGroup, StringMap } from "../contract.ts";
import type { StepLogger } from "../logger.ts";
import type { StepResult } from "./result.ts";
import type { Parsed, Written } from "./typed.ts";

/** What `changes` may look at; the same in a preview and in a run, so that both come to the same. */
export interface ChangesContext<I = unknown, C = unknown> {
  /** Its metadata has the operator's inputs laid over it. */
  readonly candidate: Candidate;
  /** The candidate's file groups; empty when discovery gave none. */
  readonly files: readonly FileGroup[];
  readonly config: Parsed<C>;
  readonly inputs: Parsed<I>;
  readonly step: { readonly name: string; readonly type: string };
  readonly signal: AbortSignal;
  readonly log: StepLogger;
}

/** What a handler knows of its call, and how it says what came of it. */
export interface StepContext<I = unknown, C = unknown, M = unknown> extends ChangesContext<I, C> {
  /**
   * Stable per run, attempt and step, the same for a retry and for the compensation: name branches by it, and find before you
   * create. Fit for a git branch: `loom/<migration>/<candidate>/<step>-<attempt>-<hash>`.
   */
  readonly key: string;
  readonly migrationId: string;
  readonly runId: string;
  /** Which start of this run, from 1. */
  readonly attempt: number;
  /** Which try of this step by Loom, from 1. */
  readonly stepAttempt: number;
  /** What has been reported of the step, as far as it is known here; what the schema refuses is left out. */
  readonly metadata: Partial<Parsed<M>>;
  /** Aborts when the result is no longer wanted: the run ended or moved on, or the migrator closes. */
  readonly signal: AbortSignal;
  /** Every line carries the run and the step. */
  readonly log: StepLogger;
  /** Shows metadata while the work goes on; resolves when the report is durably taken. */
  progress(metadata: Partial<Written<M>>): Promise<void>;
  /** What the handler's `changes` come to: the very set that a preview shows. @throws TerminalError without `changes` */
  changes(): Promise<readonly FileDiff[]>;
  /** The step is completed. */
  done(metadata?: Partial<Written<M>>): StepResult;
  /**
   * Something stands open under this key, such as a pull request, until `migrator.settle(key, …)` or `check` ends it.
   *
   * @throws TerminalError without a key
   */
  open(wait: { readonly key: string; readonly metadata?: Partial<Written<M>> }): StepResult;
  /** A person has to look. Ended by an operator in Loom, and where there is a key by `settle` and `check` too. */
  awaitReview(review?: {
    readonly instructions?: string;
    readonly key?: string;
    readonly metadata?: Partial<Written<M>>;
  }): StepResult;
  /** The step failed; the operator sees the error and may retry. */
  fail(error: string, metadata?: Partial<Written<M>>): StepResult;
}

/** How something that stood open ended. */
export type Settlement =
  | { readonly phase: "merged" | "completed"; readonly metadata?: StringMap }
  | { readonly failed: string; readonly metadata?: StringMap };

import type * as z from "zod";
import type { ChangesContext, Settlement, StepContext } from "./context.ts";
import type { StepResult } from "./result.ts";

/** What a step would do to one file: created without `before`, deleted without `after`. */
export interface FileChange {
  readonly repo: string;
  readonly path: string;
  readonly before?: string;
  readonly after?: string;
}

/** How often a handler that throws is tried within one dispatch. */
export interface HandlerRetry {
  /** Tries in all, the first one included. Default 3. */
  readonly attempts?: number;
  /** Pause before the second try, in seconds; it doubles each time, up to a minute if it is shorter. Default 1. */
  readonly initialSeconds?: number;
}

type Awaitable<T> = T | Promise<T>;

/** How the steps of one type are done. `I`, `C` and `M` are the schemas of inputs, config and metadata. */
export interface StepHandler<I = unknown, C = unknown, M = unknown> {
  /** Reads a step's `config`; a dispatch whose config it refuses is refused. */
  readonly config?: z.ZodObject;
  /** What the step reports; values are text. */
  readonly metadata?: z.ZodObject;
  /** What the step does to files: shown by a preview, and given to `run` by `ctx.changes()`. Writes nothing itself. */
  readonly changes?: (context: ChangesContext<I, C>) => Awaitable<Iterable<FileChange>>;
  /** Does the work, at least once per dispatch and normally once. A thrown error is tried again by `retry`, then the step fails. */
  run(context: StepContext<I, C, M>): Awaitable<StepResult>;
  /** Asks how the thing behind a key stands, now and then while it is open: webhooks get lost. Nothing: still open. */
  readonly check?: (key: string, signal: AbortSignal) => Awaitable<Settlement | null | undefined>;
  /** Undoes the step; must be harmless where nothing was done. */
  compensate?(context: StepContext<I, C, M>): Awaitable<StepResult>;
  readonly retry?: HandlerRetry;
  /** Whether a cancel with compensation undoes it. Default: whether there is `compensate`. */
  readonly compensable?: boolean;
  /** Seconds after which Loom fails the step without a terminal event. */
  readonly timeoutSeconds?: number;
}

import { LoomError } from "@loom/core/errors";
import type * as z from "zod";
import type { Candidate, InputDefinition, StepDefinition } from "../contract.ts";
import type { StepHandler } from "./handler.ts";
import { requiredInputsOf } from "./inputs.ts";
import type { Discovered, DiscoveredCandidate, PlannedStep } from "./plan.ts";
import { createPlanner } from "./planner.ts";
import type { AsText, At } from "./typed.ts";

/**
 * What an author writes. `I` is the schema of the inputs, `C` and `M` the schemas of config and metadata by handler `K`; `N` and
 * `T` are the names and types of the steps that candidates bring.
 */
export interface MigrationSource<
  I,
  C,
  M,
  K extends string,
  N extends string = string,
  T extends string = string,
> {
  /** A slug: `[a-z0-9][a-z0-9._-]*`, at most 100 characters. */
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  /** The phases, in words, for operators. */
  readonly overview?: readonly string[];
  /** What the operator gives at start, as text; each becomes a required input unless it is optional or has a default. */
  readonly inputs?: I & z.ZodObject & NoInfer<AsText<I>>;
  /** Keyed by a step's `type`, or its name where it has none. */
  readonly handlers: { readonly [P in K]: StepHandler<NoInfer<I>, At<C, P>, At<M, P>> } & {
    readonly [P in keyof C]: { readonly config?: C[P] & z.ZodObject };
  } & { readonly [P in keyof M]: { readonly metadata?: M[P] & z.ZodObject } };
  readonly plan: NoInfer<readonly PlannedStep<K, C>[]>;
  /** Lists the candidates, lazily if there are many: it is pulled chunk by chunk. Absent: candidates come another way. */
  readonly discover?: () => Discovered<DiscoveredCandidate<NoInfer<K>, NoInfer<C>, N, T>>;
}

/** A migration, ready for `createMigrator` and `testMigration`. */
export interface MigrationDefinition {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  readonly overview?: readonly string[];
  readonly inputs?: z.ZodObject;
  readonly requiredInputs: readonly InputDefinition[];
  readonly handlers: ReadonlyMap<string, StepHandler>;
  /** The plan as announced: each step with the policy of its handler. */
  readonly steps: readonly StepDefinition[];
  /** The candidates as submitted. @throws LoomError `validation_failed` while it is gone through */
  readonly discover?: () => AsyncIterable<Candidate>;
  /** Makes of other candidates what `discover` makes of its own: their steps are checked, and carry their handler's policy. */
  readonly candidatesOf: (found: Discovered<Candidate>) => AsyncIterable<Candidate>;
}

/**
 * Defines a migration: its plan, how each step is done, and what it is done to. The compiler checks the plan against the
 * handlers; what it cannot see is checked here.
 *
 * @throws LoomError `validation_failed` for a missing plan, a handler without `run`, a step without a handler, a config that its schema refuses, or `compensable`
 *   without `compensate`
 * @example
 * defineMigration({
 *   id: "rename-topics", name: "Rename topics",
 *   handlers: { rename: { run: async (ctx) => { await kafka.rename(ctx.candidate.id); return ctx.done(); } } },
 *   plan: [{ name: "rename" }],
 *   discover: () => kafka.topics(),
 * });
 */
export function defineMigration<
  I,
  C,
  M,
  K extends string,
  N extends string = never,
  T extends string = never,
>(source: MigrationSource<I, C, M, K, N, T>): MigrationDefinition {
  const {
    id,
    name,
    description,
    overview,
    inputs,
    handlers: typed,
    plan,
    discover,
  } = erased(source);
  const handlers = new Map(Object.entries(typed));
  const planner = createPlanner(handlers);
  return {
    id,
    name,
    ...(description !== undefined && { description }),
    ...(overview && { overview }),
    ...(inputs && { inputs }),
    requiredInputs: inputs ? requiredInputsOf(inputs) : [],
    handlers,
    steps: planner.plan(plan, `Migration ${id}`),
    candidatesOf: (found) => planner.candidates(found),
    ...(discover && { discover: () => planner.candidates(discover()) }),
  };
}

/** What the compiler does not let through, for callers without it. */
function checkSource({ id, handlers, plan }: Partial<ErasedSource>): void {
  const refuse = (why: string) => new LoomError("validation_failed", `Migration ${id}: ${why}`);
  if (typeof handlers !== "object") throw refuse("handlers: is missing. Give an object of them.");
  if (!Array.isArray(plan)) throw refuse("plan: is missing. Give a list of steps, or [].");
  for (const [key, handler] of Object.entries(handlers))
    if (typeof handler?.run !== "function")
      throw refuse(
        `handlers.${key}.run: is missing. It does the work, and returns how the step stands.`,
      );
}

/** The same source without its types: the compiler is done with them, and what is left is checked at run time. */
interface ErasedSource
  extends Pick<MigrationDefinition, "id" | "name" | "description" | "overview" | "inputs"> {
  readonly handlers: Readonly<Record<string, StepHandler>>;
  readonly plan: readonly StepDefinition[];
  readonly discover?: () => Discovered<Candidate>;
}

function erased(source: object): ErasedSource {
  checkSource(source);
  return source as ErasedSource;
}

import type * as z from "zod";
import type { Candidate, StepDefinition, StringMap } from "../contract.ts";
import type { At, Named, Written } from "./typed.ts";

/** What a step may say besides its name, type and config; it goes before what its handler says. */
export type StepPolicy = Pick<
  StepDefinition,
  "description" | "files" | "timeoutSeconds" | "dispatchRetry" | "compensable"
>;

type ConfigOf<C> = [C] extends [z.ZodObject]
  ? Partial<Named<Written<C>>> extends Named<Written<C>>
    ? { readonly config?: Written<C> }
    : { readonly config: Written<C> }
  : { readonly config?: StringMap };

type Flat<T> = { [P in keyof T]: T[P] };

type StepOf<K, C> =
  | Flat<
      { readonly name: string; readonly type: K; readonly migratorApp?: never } & ConfigOf<C> &
        StepPolicy
    >
  | Flat<
      { readonly name: K; readonly type?: never; readonly migratorApp?: never } & ConfigOf<C> &
        StepPolicy
    >;

/** A step that another app performs; its name and type are not this migrator's to check. */
export type ForeignStep = StepPolicy & {
  readonly name: string;
  readonly type?: string;
  readonly migratorApp: string;
  readonly config?: StringMap;
};

/** A step whose `type`, or name where it has none, is one of the handlers `K`, with the config that its schema in `C` reads. */
export type PlannedStep<K, C> = (K extends string ? StepOf<K, At<C, K>> : never) | ForeignStep;

/** A step of which the compiler knows neither name nor type, such as one of a declared `Candidate`: looked at when it comes. */
type UnknownStep<N, T> = string extends N
  ? [T] extends [never]
    ? StepDefinition
    : string extends T
      ? StepDefinition
      : never
  : never;

/**
 * A candidate as discovery gives it; its own steps are checked like the plan. `N` and `T` are the names and types of its steps,
 * as far as the compiler knows them: those of which it knows nothing but that they are text are checked at run time.
 */
export type DiscoveredCandidate<K, C, N extends string = string, T extends string = string> = Omit<
  Candidate,
  "steps"
> & {
  readonly steps?: readonly ({ readonly name: N; readonly type?: T } & NoInfer<
    PlannedStep<K, C> | UnknownStep<N, T>
  >)[];
};

/** What `discover` may give: a list, or anything that can be gone through, at once or as it comes. */
export type Discovered<T> =
  | Iterable<T>
  | AsyncIterable<T>
  | Promise<Iterable<T> | AsyncIterable<T>>;

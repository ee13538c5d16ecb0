import type { StringMap } from "../contract.ts";

const OUTCOME: unique symbol = Symbol("@loom/migrator-sdk/StepResult");

/** How a handler says that its step stands; made by `ctx.done`, `ctx.open`, `ctx.awaitReview` and `ctx.fail` only. */
export interface StepResult {
  readonly [OUTCOME]: StepOutcome;
}

/** What a step result holds. */
export type StepOutcome =
  | { readonly type: "done"; readonly phase: "completed" | "merged"; readonly metadata: StringMap }
  | { readonly type: "failed"; readonly error: string; readonly metadata: StringMap }
  | {
      readonly type: "waiting";
      readonly phase: "open" | "awaiting_review";
      /** What `settle` and `check` name; absent when only an operator can end the wait. */
      readonly key?: string;
      readonly metadata: StringMap;
    };

/** Wraps an outcome. */
export function resultOf(outcome: StepOutcome): StepResult {
  return { [OUTCOME]: outcome };
}

/** Unwraps it; `undefined` for anything that no context made. */
export function outcomeOf(result: unknown): StepOutcome | undefined {
  return typeof result === "object" && result !== null && OUTCOME in result
    ? (result as StepResult)[OUTCOME]
    : undefined;
}

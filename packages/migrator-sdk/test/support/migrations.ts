import type { MigrationDefinition, StepContext, StepHandler, StepResult } from "../../src/index.ts";
import { defineMigration } from "../../src/index.ts";

/** A migration `m` of these handlers, with a step for each. */
export function migrationOf(handlers: Readonly<Record<string, StepHandler>>): MigrationDefinition {
  const plan = Object.keys(handlers).map((name) => ({ name }));
  return defineMigration({ id: "m", name: "M", handlers, plan });
}

/** A handler that stays at work until it is let go. */
export interface Gate {
  readonly handler: Pick<StepHandler, "run">;
  /** The contexts of the calls at work or done, in order. */
  readonly entered: readonly StepContext[];
  /** Lets the call with this index end. */
  release(index: number, result?: (ctx: StepContext) => StepResult): void;
}

export function gate(onAbort: "throws" | "goes on" = "throws"): Gate {
  const entered: StepContext[] = [];
  const ends: ((result: (ctx: StepContext) => StepResult) => void)[] = [];
  const run = async (ctx: StepContext): Promise<StepResult> => {
    entered.push(ctx);
    const result = await new Promise<(ctx: StepContext) => StepResult>((resolve, reject) => {
      ends.push(resolve);
      if (onAbort === "throws")
        ctx.signal.addEventListener("abort", () => reject(new Error("aborted")));
    });
    return result(ctx);
  };
  return {
    handler: { run },
    entered,
    release: (index, result = (ctx) => ctx.done()) => ends[index]?.(result),
  };
}

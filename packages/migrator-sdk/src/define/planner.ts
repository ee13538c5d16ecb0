import { LoomError } from "@loom/core/errors";
import type { Candidate, StepDefinition } from "../contract.ts";
import type { StepHandler } from "./handler.ts";
import { isAnyIterable } from "./iterable.ts";
import type { Discovered } from "./plan.ts";
import { readText } from "./read-text.ts";

/** Turns what authors write into what Loom gets. */
export interface Planner {
  /** @param owner whose plan it is, for messages */
  plan(steps: readonly StepDefinition[], owner: string): readonly StepDefinition[];
  /** @throws LoomError `validation_failed` for what is no list of candidates, and as `plan` does, while it is gone through */
  candidates(found: Discovered<Candidate>): AsyncIterable<Candidate>;
}

/** A planner that knows the handlers, and so the policy of each step and whether it can be done at all. */
export function createPlanner(handlers: ReadonlyMap<string, StepHandler>): Planner {
  const plan: Planner["plan"] = (steps, owner) =>
    steps.map((step) => (step.migratorApp === undefined ? ownStep(handlers, step, owner) : step));
  return {
    plan,
    async *candidates(found) {
      const list = await found;
      if (!isAnyIterable(list))
        throw invalid(
          "discover gave no candidates: return a list, or anything that can be gone through.",
        );
      for await (const candidate of list) {
        const { steps, ...rest } = candidate;
        yield steps ? { ...rest, steps: plan(steps, `Candidate ${candidate.id}`) } : rest;
      }
    },
  };
}

/** The handler of a step: keyed by its type, or its name where it has none. */
export function handlerKeyOf(step: { readonly name: string; readonly type?: string }): string {
  return step.type ?? step.name;
}

function ownStep(
  handlers: ReadonlyMap<string, StepHandler>,
  step: StepDefinition,
  owner: string,
): StepDefinition {
  const key = handlerKeyOf(step);
  const handler = handlers.get(key);
  const what = `${owner}: step "${step.name}"`;
  if (!handler) throw invalid(`${what} has no handler: there is none named "${key}".`);
  readText(handler.config, step.config ?? {}, `${what}: config`);
  return { ...policyOf(handler, what), ...step };
}

function policyOf(handler: StepHandler, what: string): Partial<StepDefinition> {
  const canUndo = handler.compensate !== undefined;
  const { timeoutSeconds, compensable = canUndo } = handler;
  if (compensable && !canUndo)
    throw invalid(`${what} is compensable, but its handler has no compensate.`);
  return {
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
    ...(compensable && { compensable }),
  };
}

function invalid(message: string): LoomError {
  return new LoomError("validation_failed", message);
}

import type { Candidate, StringMap } from "../contract.ts";
import type { StepLogger } from "../logger.ts";
import type { ChangesContext } from "./context.ts";
import type { MigrationDefinition } from "./define-migration.ts";
import type { StepHandler } from "./handler.ts";
import { handlerKeyOf } from "./planner.ts";
import { readText } from "./read-text.ts";

/** What a context for `changes` is made of. */
export interface ChangesParts {
  readonly definition: MigrationDefinition;
  readonly handler: StepHandler;
  readonly step: { readonly name: string; readonly type?: string; readonly config?: StringMap };
  readonly request: { readonly candidate: Candidate; readonly inputs?: StringMap };
  readonly signal: AbortSignal;
  readonly log: StepLogger;
}

/**
 * What `changes` may look at, made in one way for preview and run.
 *
 * @throws LoomError `validation_failed` naming the field of the config or the inputs that does not parse
 */
export function changesContext(parts: ChangesParts): ChangesContext {
  const { definition, handler, step, request, signal, log } = parts;
  const { inputs = {} } = request;
  // An input is met by the operator's value or by candidate metadata of the same name.
  const metadata = { ...request.candidate.metadata, ...inputs };
  return {
    candidate: { ...request.candidate, metadata },
    files: request.candidate.files ?? [],
    config: readText(handler.config, step.config ?? {}, "config"),
    inputs: readText(definition.inputs, definition.inputs ? metadata : inputs, "inputs"),
    step: { name: step.name, type: handlerKeyOf(step) },
    signal,
    log,
  };
}

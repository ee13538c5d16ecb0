import { LoomError } from "@loom/core/errors";
import type { StepHandler } from "../define/handler.ts";
import type { MigrationDefinition } from "../define/define-migration.ts";
import { handlerKeyOf } from "../define/planner.ts";
import type { StepOutcome } from "../define/result.ts";
import { outcomeOf } from "../define/result.ts";
import { TerminalError } from "../errors.ts";
import type { Host } from "../host.ts";
import type { StepLogger } from "../logger.ts";
import { withFields } from "../logger.ts";
import { progressEvent } from "../outbox/events.ts";
import type { CallRequest, InboxEntry } from "../store/port.ts";
import { stepContext } from "./step-context.ts";

/** Who does a call. */
export interface Assignment {
  readonly definition: MigrationDefinition;
  readonly handler: StepHandler;
  /** The name of the handler. */
  readonly key: string;
}

/** @throws LoomError `migration_not_found`; `validation_failed` when no handler does the step, or undoes it */
export function assign(host: Pick<Host, "migrations" | "app">, request: CallRequest): Assignment {
  const { migrationId, stepName, kind } = request;
  const definition = host.migrations.get(migrationId);
  if (!definition)
    throw new LoomError(
      "migration_not_found",
      `Migrator ${host.app} has no migration "${migrationId}".`,
    );
  const key = handlerKeyOf({ ...request, name: stepName });
  const handler = definition.handlers.get(key);
  const refuse = (why: string) =>
    new LoomError("validation_failed", `Step "${stepName}" of ${migrationId}: ${why}`);
  if (!handler) throw refuse(`migrator ${host.app} has no handler "${key}".`);
  if (kind === "undo" && !handler.compensate) throw refuse(`handler "${key}" has no compensate.`);
  return { definition, handler, key };
}

/** Runs the handler once. @throws whatever it throws; TerminalError when it returns no result */
export async function perform(
  host: Host,
  entry: InboxEntry,
  signal: AbortSignal,
): Promise<StepOutcome> {
  const { request } = entry;
  const { definition, handler } = assign(host, request);
  const context = stepContext({
    definition,
    handler,
    request,
    signal,
    log: callLogger(host, request),
    report: async (metadata) => {
      if (signal.aborted && signal.reason !== "closing") return;
      await host.store.outbox.append(
        progressEvent({ ...entry, report: reportAddressOf(request) }, metadata),
      );
      host.wake();
    },
  });
  const result = request.kind === "undo" ? handler.compensate?.(context) : handler.run(context);
  const outcome = outcomeOf(await result);
  if (outcome) return outcome;
  throw new TerminalError(
    "The handler returned no result: return ctx.done(), ctx.open(…), ctx.awaitReview(…) or ctx.fail(…).",
  );
}

/** Where the reports of a call go. */
export function reportAddressOf({ callbackId, stepName, candidate }: CallRequest) {
  return { callbackId, stepName, candidateId: candidate.id };
}

/** A logger with run and step on every line. */
export function callLogger({ logger }: Pick<Host, "logger">, request: CallRequest): StepLogger {
  const { migrationId, runId, stepName, attempt, stepAttempt, kind } = request;
  return withFields(logger, { migrationId, runId, step: stepName, attempt, stepAttempt, kind });
}

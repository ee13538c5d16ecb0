import type { CallRequest } from "../store/port.ts";
import type { FileDiff, StringMap } from "../contract.ts";
import type { StepContext } from "../define/context.ts";
import { changesOf } from "../define/changes.ts";
import { changesContext } from "../define/changes-context.ts";
import type { StepHandler } from "../define/handler.ts";
import { checkWritten, readKnown } from "../define/read-text.ts";
import { resultOf } from "../define/result.ts";
import { TerminalError } from "../errors.ts";
import type { StepLogger } from "../logger.ts";
import type { MigrationDefinition } from "../define/define-migration.ts";
import { keyOf } from "./identity.ts";

/** What a handler's context is made of. */
export interface ContextParts {
  readonly definition: MigrationDefinition;
  readonly handler: StepHandler;
  readonly request: CallRequest;
  readonly signal: AbortSignal;
  readonly log: StepLogger;
  /** Durably takes a report of work going on. */
  readonly report: (metadata: StringMap) => Promise<void>;
}

/** What a handler gets. @throws LoomError `validation_failed` for a config or inputs that do not parse */
export function stepContext(parts: ContextParts): StepContext {
  const { definition, handler, request, signal, log, report } = parts;
  const { migrationId, runId, attempt, stepAttempt, stepName, candidate } = request;
  const base = changesContext({
    definition,
    handler,
    step: { ...request, name: stepName },
    request,
    signal,
    log,
  });
  const written = (metadata: StringMap = {}) => checkWritten(handler.metadata, metadata);
  let changes: Promise<readonly FileDiff[]> | undefined;
  return {
    ...base,
    key: keyOf({ migrationId, candidateId: candidate.id, runId, stepName, attempt }),
    migrationId,
    runId,
    attempt,
    stepAttempt,
    metadata: readKnown(handler.metadata, request.kind === "undo" ? request.stepMetadata : {}),
    progress: async (metadata) => report(written(metadata as StringMap)),
    changes: () => (changes ??= changesOf(handler, base)),
    done: (metadata) =>
      resultOf({ type: "done", phase: "completed", metadata: written(metadata as StringMap) }),
    fail: (error, metadata) =>
      resultOf({ type: "failed", error, metadata: written(metadata as StringMap) }),
    open: ({ key, metadata }) =>
      resultOf({
        type: "waiting",
        phase: "open",
        key: keyed("open", key),
        metadata: written(metadata as StringMap),
      }),
    awaitReview: ({ instructions, key, metadata } = {}) =>
      resultOf({
        type: "waiting",
        phase: "awaiting_review",
        ...(key !== undefined && { key: keyed("awaitReview", key) }),
        metadata: {
          ...written(metadata as StringMap),
          ...(instructions !== undefined && { instructions }),
        },
      }),
  };
}

/** A wait that no webhook could name would never end. @throws TerminalError */
function keyed(method: string, key: unknown): string {
  if (typeof key === "string" && key !== "") return key;
  throw new TerminalError(
    `ctx.${method}: key is missing. Give the one that migrator.settle(key, …) will name.`,
  );
}

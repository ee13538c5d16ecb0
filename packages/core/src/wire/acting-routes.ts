import { DryRunResultSchema } from "./dry-run.ts";
import {
  CancelOptionsSchema,
  InputsUpdateSchema,
  PreviewRequestSchema,
  RetryOptionsSchema,
  StartOptionsSchema,
} from "./requests.ts";
import { defineRoute } from "./route.ts";
import { RunRefSchema } from "./run-views.ts";

const CANDIDATE = "/migrations/{id}/candidates/{candidateId}";
const START_BODY = { schema: StartOptionsSchema, optional: true, limit: "default" } as const;
const CLAIM_ERRORS = [
  "already_running",
  "already_completed",
  "run_closing",
  "unknown_input",
] as const;
const START_ERRORS = [...CLAIM_ERRORS, "invalid_transition", "missing_inputs"] as const;
const PREVIEW_ERRORS = [
  "unknown_input",
  "migrator_unreachable",
  "migrator_bad_response",
  "migrator_timeout",
] as const;

/** What operators do. */
export const actingRoutes = [
  defineRoute({
    id: "queueRun",
    method: "POST",
    path: `${CANDIDATE}/queue`,
    action: "run.queue",
    audience: "operator",
    summary: "Queue a candidate",
    description:
      "`not_started` → `queued`: reserves a run, so that it can be previewed and executed.",
    body: START_BODY,
    success: { status: 200, description: "The reserved run.", schema: RunRefSchema },
    errors: [...CLAIM_ERRORS, "invalid_transition"],
  }),
  defineRoute({
    id: "dequeueRun",
    method: "DELETE",
    path: `${CANDIDATE}/dequeue`,
    action: "run.dequeue",
    audience: "operator",
    summary: "Take a candidate out of the queue",
    description: "`queued` → `not_started`, without a record.",
    success: { status: 204, description: "It is not queued any more." },
    errors: ["invalid_transition", "already_completed"],
  }),
  defineRoute({
    id: "executeRun",
    method: "POST",
    path: `${CANDIDATE}/execute`,
    action: "run.execute",
    audience: "operator",
    summary: "Execute a queued run",
    description:
      "`queued` → `running`. After a 503 repeat it: the same request drives the claim on and is never a conflict.",
    body: START_BODY,
    success: { status: 202, description: "The run has started.", schema: RunRefSchema },
    errors: START_ERRORS,
  }),
  defineRoute({
    id: "startRun",
    method: "POST",
    path: `${CANDIDATE}/start`,
    action: "run.start",
    audience: "operator",
    summary: "Start a run",
    description:
      "`not_started` or `queued` → `running` in one atomic step: of two at once one wins and the other is `already_running`. After a 503 repeat it: the same request drives the claim on and is never a conflict.",
    body: START_BODY,
    success: { status: 202, description: "The run has started.", schema: RunRefSchema },
    errors: START_ERRORS,
  }),
  defineRoute({
    id: "cancelRun",
    method: "POST",
    path: `${CANDIDATE}/cancel`,
    action: "run.cancel",
    audience: "operator",
    summary: "Cancel a run",
    description:
      "`queued` or `running` → `not_started`, with a record. A running one is cleaned up first: until then a start is `run_closing`.",
    body: { schema: CancelOptionsSchema, optional: true, limit: "default" },
    success: { status: 204, description: "The cancel is taken." },
    errors: ["invalid_transition", "already_completed", "stale_attempt"],
  }),
  defineRoute({
    id: "retryStep",
    method: "POST",
    path: `${CANDIDATE}/retry-step`,
    action: "run.retry",
    audience: "operator",
    summary: "Retry a failed step",
    description:
      "Dispatches the failed step again, with the next step-attempt number; its earlier error is kept.",
    body: { schema: RetryOptionsSchema, limit: "default" },
    success: { status: 202, description: "The retry is taken." },
    errors: [
      "invalid_transition",
      "already_completed",
      "step_not_failed",
      "stale_attempt",
      "run_closing",
    ],
  }),
  defineRoute({
    id: "updateInputs",
    method: "PATCH",
    path: `${CANDIDATE}/inputs`,
    action: "run.inputs",
    audience: "operator",
    summary: "Change inputs",
    description:
      "Merges inputs key by key. A running candidate uses them from its next dispatch on.",
    body: { schema: InputsUpdateSchema, limit: "default" },
    success: { status: 204, description: "The inputs are changed." },
    errors: ["invalid_transition", "already_completed", "unknown_input"],
  }),
  defineRoute({
    id: "dryRunCandidate",
    method: "POST",
    path: `${CANDIDATE}/dry-run`,
    action: "run.dryRun",
    audience: "operator",
    summary: "Preview a candidate",
    description: "Asks the migrator what the steps would do. Nothing is written anywhere.",
    body: START_BODY,
    success: { status: 200, description: "What each step would do.", schema: DryRunResultSchema },
    errors: PREVIEW_ERRORS,
  }),
  defineRoute({
    id: "previewCandidate",
    method: "POST",
    path: "/migrations/{id}/dry-run",
    action: "candidate.preview",
    audience: "operator",
    summary: "Preview a candidate that is not stored",
    description:
      "Asks the migrator what the steps would do to the candidate in the body. Nothing is written anywhere.",
    body: { schema: PreviewRequestSchema, limit: "default" },
    success: { status: 200, description: "What each step would do.", schema: DryRunResultSchema },
    errors: PREVIEW_ERRORS,
  }),
] as const;

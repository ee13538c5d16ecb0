import type { Actor } from "../domain/actor.ts";
import { parseRunId } from "../domain/ids.ts";
import type { ReportResult, StepCompletedEvent } from "../domain/requests.ts";
import type { CallName } from "../domain/run.ts";
import { withoutSecrets } from "../domain/secrets.ts";
import { LoomError } from "../errors.ts";
import { currentOf } from "../guards/retry.ts";
import type { CandidateRef } from "../ports/candidate-record.ts";
import type { Answer, StepReported } from "../run/events.ts";
import type { UseCaseContext } from "./context.ts";
import { historyOf, needCandidate, now } from "./context.ts";
import { guardHomeOf } from "./home.ts";
import { recordHistory } from "./record-history.ts";

/** A report of the migrator about the call that its callback id names. */
export async function reportByCallback(
  context: UseCaseContext,
  { runId, call }: { readonly runId: string; readonly call: CallName },
  event: StepCompletedEvent,
): Promise<ReportResult> {
  guardSubject(event, runId, call.step);
  const shown = await blotted(context, runId, event);
  const report = reportOf(shown, call, now(context));
  const answer = await context.engine.raiseEvent(runId, call.attempt, report);
  return resultOf(answer === "not_running" ? await whyNot(context, runId, call) : answer);
}

/**
 * A report of an operator about the current call of a step: a manual review, a merge that no webhook told.
 *
 * @throws LoomError `run_not_found` when there has been no run
 */
export async function reportByOperator(
  context: UseCaseContext,
  runId: string,
  event: StepCompletedEvent,
  actor: Actor,
): Promise<ReportResult> {
  const ref = parseRunId(runId);
  if (!ref) throw new LoomError("run_not_found", `There is no run ${runId}.`);
  guardSubject(event, runId, event.stepName);
  const record = await needCandidate(context, ref);
  const run = await context.store.getRun(ref);
  if (!run) throw new LoomError("run_not_found", `There has been no run of ${ref.candidateId}.`);
  if (record.status !== "running") return resultOf("not_running");
  const current = currentOf(run.progress);
  if (current?.state.stepName !== event.stepName) return resultOf("stale");
  const { attempt } = run;
  const number = current.state.stepAttempt;
  const call: CallName = { attempt, kind: current.kind, step: event.stepName, number };
  const report = reportOf(await blotted(context, runId, event), call, now(context));
  const answer = await context.engine.raiseEvent(runId, attempt, report);
  if (answer === "not_running") await guardHomeOf(context, ref, attempt);
  if (answer === "accepted") await recordReport(context, ref, report, actor);
  return resultOf(answer);
}

/** A failure is shown to operators: not so the secrets that its message may quote. */
async function blotted(
  { store }: UseCaseContext,
  runId: string,
  event: StepCompletedEvent,
): Promise<StepCompletedEvent> {
  const ref = parseRunId(runId);
  if (event.error === undefined || !ref) return event;
  const migration = await store.getMigration(ref.migrationId);
  const record = await store.getCandidate(ref);
  const { requiredInputs = [] } = migration ?? {};
  return { ...event, error: withoutSecrets(event.error, requiredInputs, record?.inputs ?? {}) };
}

function reportOf(event: StepCompletedEvent, call: CallName, at: string): StepReported {
  const { success, phase = "completed", metadata, error, eventId } = event;
  return {
    type: "step_reported",
    call,
    status: success ? phase : "failed",
    at,
    ...(metadata && { metadata }),
    ...(error !== undefined && { error }),
    ...(eventId !== undefined && { eventId }),
  };
}

/** An event is bound to one call: what it says of itself must agree. */
function guardSubject(event: StepCompletedEvent, runId: string, step: string): void {
  const candidateId = parseRunId(runId)?.candidateId;
  const issues = [
    ...(event.stepName === step ? [] : [issue("stepName", step)]),
    ...(event.candidateId === candidateId ? [] : [issue("candidateId", candidateId ?? "")]),
  ];
  const [first] = issues;
  if (!first) return;
  throw new LoomError("validation_failed", `${first.path}: ${first.message}`, {
    details: { issues },
  });
}

function issue(path: string, expected: string): { path: string; message: string } {
  return { path, message: `must be ${JSON.stringify(expected)}, as in the dispatch` };
}

/** A report of an attempt that is over is stale once a later one was taken; of one that lives elsewhere it is sent again. */
async function whyNot(
  context: UseCaseContext,
  runId: string,
  { attempt }: CallName,
): Promise<Answer> {
  const ref = parseRunId(runId);
  const record = ref && (await context.store.getCandidate(ref));
  if (ref && record?.status === "running") await guardHomeOf(context, ref, attempt);
  return record && record.attempt > attempt ? "stale" : "not_running";
}

function resultOf(answer: Answer): ReportResult {
  return answer === "accepted" ? { status: "accepted" } : { status: "ignored", reason: answer };
}

async function recordReport(
  context: UseCaseContext,
  ref: CandidateRef,
  { at, call, status }: StepReported,
  actor: Actor,
): Promise<void> {
  const details = { step: call.step, kind: call.kind, status };
  const entry = historyOf(at, actor, "report_step", ref, call.attempt, details);
  await recordHistory(context, ref.migrationId, entry);
}

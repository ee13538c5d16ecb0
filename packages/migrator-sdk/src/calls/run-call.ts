import { LoomError } from "@loom/core/errors";
import { backoffMs } from "../backoff.ts";
import type { StepOutcome } from "../define/result.ts";
import { messageOf, TerminalError } from "../errors.ts";
import type { Host } from "../host.ts";
import { outcomeEvent } from "../outbox/events.ts";
import type { CallResult, LeasedEntry, Wait } from "../store/port.ts";
import { assign, callLogger, perform, reportAddressOf } from "./perform.ts";
import type { WaitOpening } from "../waits/open.ts";

const DEFAULT_RETRY = { attempts: 3, initialSeconds: 1 };
const MAX_PAUSE_SECONDS = 60;

/** Why a handler's signal aborts. */
export type AbortReason = "replaced" | "unwanted" | "closing";

/** Works a call off, or puts it off. Rejects only for what the store does. */
export async function runCall(
  host: Host,
  waits: WaitOpening,
  entry: LeasedEntry,
  signal: AbortSignal,
): Promise<void> {
  const attempt = await attemptOf(host, entry, signal);
  if ("outcome" in attempt) return conclude(host, waits, entry, attempt.outcome);
  const { error } = attempt;
  if (signal.aborted) return stopped(host, entry, signal.reason as AbortReason);
  const tries = entry.tries + 1;
  const log = callLogger(host, entry.request);
  const { attempts, initialSeconds } = retryOf(host, entry);
  if (isFinal(error) || tries >= attempts) {
    log.warn({ err: error, tries }, "the step failed");
    return conclude(host, waits, entry, { type: "failed", error: messageOf(error), metadata: {} });
  }
  log.warn({ err: error, tries }, "the handler threw; it is tried again");
  const maxSeconds = Math.max(MAX_PAUSE_SECONDS, initialSeconds);
  await putOff(host, entry, backoffMs({ initialSeconds, maxSeconds }, tries), tries);
}

/** What no other try would change; a store that is away for a moment comes back. */
function isFinal(error: unknown): boolean {
  return TerminalError.is(error) || (LoomError.is(error) && !error.retryable);
}

async function attemptOf(
  host: Host,
  entry: LeasedEntry,
  signal: AbortSignal,
): Promise<{ readonly outcome: StepOutcome } | { readonly error: unknown }> {
  try {
    return { outcome: await perform(host, entry, signal) };
  } catch (error) {
    return { error };
  }
}

/** A migrator that closes leaves the call for its next start; any other reason means that nobody wants the result. */
async function stopped(host: Host, entry: LeasedEntry, reason: AbortReason): Promise<void> {
  callLogger(host, entry.request).info({ reason }, "the handler was stopped");
  if (reason === "closing") return putOff(host, entry, 0, entry.tries);
  await host.store.inbox.finish(resultOf(host, entry, { events: [] }));
}

async function conclude(
  host: Host,
  waits: WaitOpening,
  entry: LeasedEntry,
  outcome: StepOutcome,
): Promise<void> {
  const report = reportAddressOf(entry.request);
  const event = outcomeEvent({ ...entry, report }, outcome);
  const wait = event.body.success ? waitOf(host, entry, outcome) : undefined;
  const result = resultOf(host, entry, { events: [event], ...(wait && { wait }) });
  const isTaken = wait ? await waits.finish(result, wait) : await host.store.inbox.finish(result);
  if (!isTaken) callLogger(host, entry.request).info("the call was replaced or ended meanwhile");
}

function waitOf(host: Host, entry: LeasedEntry, outcome: StepOutcome): Wait | undefined {
  if (outcome.type !== "waiting" || outcome.key === undefined) return undefined;
  const { id, runId, request, receivedAt } = entry;
  const {
    key: handler,
    handler: { check },
  } = assign(host, request);
  return {
    id,
    runId,
    key: outcome.key,
    migrationId: request.migrationId,
    handler,
    report: reportAddressOf(request),
    calledAt: receivedAt,
    ...(check && { checkAt: host.clock.now() + host.checkMs }),
  };
}

function resultOf(
  { owner, clock }: Host,
  { id }: LeasedEntry,
  what: Pick<CallResult, "events" | "wait">,
): CallResult {
  return { id, owner, now: clock.now(), ...what };
}

async function putOff(
  host: Host,
  { id }: LeasedEntry,
  pauseMs: number,
  tries: number,
): Promise<void> {
  const { store, owner, clock } = host;
  await store.inbox.postpone({ id, owner, dueAt: clock.now() + pauseMs, tries });
}

function retryOf(host: Host, { request }: LeasedEntry): typeof DEFAULT_RETRY {
  const key = request.type ?? request.stepName;
  const retry = host.migrations.get(request.migrationId)?.handlers.get(key)?.retry;
  return { ...DEFAULT_RETRY, ...retry };
}

import { CompensateStepRequestSchema, DispatchStepRequestSchema, parse } from "../contract.ts";
import { changesContext } from "../define/changes-context.ts";
import type { Host } from "../host.ts";
import { assign, callLogger } from "../calls/perform.ts";
import { isOlder } from "../calls/identity.ts";
import { callRefOf } from "../store/state/call-table.ts";
import type { CallRequest, InboxEntry } from "../store/port.ts";

/**
 * Takes a call of Loom: checked, durably put in, and nothing more. A known one, or one that comes late, is taken as well and
 * causes no work.
 *
 * @param replace stops what is at work for the run
 * @throws LoomError `migration_not_found`, `validation_failed` for what can never be done: Loom fails the step with its message
 */
export async function takeCall(
  host: Host,
  kind: CallRequest["kind"],
  body: unknown,
  replace: (runId: string, id: string) => void,
): Promise<void> {
  const entry = entryOf(host, requestOf(kind, body));
  const { inbox } = host.store;
  if (await inbox.has(entry.id)) return;
  checkReadable(host, entry.request);
  const latest = await inbox.latest(entry.runId);
  if (latest && isOlder(callRefOf(entry), latest)) return;
  if (!(await inbox.add(entry))) return;
  replace(entry.runId, entry.id);
  host.wake();
}

function requestOf(kind: CallRequest["kind"], body: unknown): CallRequest {
  if (kind === "do") return { kind, ...parse(DispatchStepRequestSchema, body) };
  return { kind, ...parse(CompensateStepRequestSchema, body) };
}

function entryOf({ clock }: Host, request: CallRequest): InboxEntry {
  return { id: request.dispatchId, runId: request.runId, request, receivedAt: clock.now() };
}

/** Refuses now what the handler's context could not be made of later. */
function checkReadable(host: Host, request: CallRequest): void {
  const { definition, handler } = assign(host, request);
  const step = { ...request, name: request.stepName };
  const signal = new AbortController().signal;
  changesContext({ definition, handler, step, request, signal, log: callLogger(host, request) });
}

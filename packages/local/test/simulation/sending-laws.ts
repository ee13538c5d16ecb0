import type { CallRequest } from "./jobs.ts";
import type { Ledger } from "./ledger.ts";
import { MOST_SKEW_MS } from "./lease-book.ts";
import type { Machine, World } from "./world.ts";

/** What must hold when a call leaves a process. */
export interface SendingLaws {
  /** @returns what says that the call is over */
  begin(machine: Machine, request: CallRequest): () => void;
}

interface UnderWay {
  readonly process: string;
}

export function createSendingLaws({ trace, timeline }: World, ledger: Ledger): SendingLaws {
  const underWay = new Map<string, Set<UnderWay>>();
  const bodies = new Map<string, string>();

  /** Nobody can stop a process that has lost its lease while it was cut off: only what it does with its lease is judged. */
  const holds = (process: string, id: string) =>
    (ledger.leases.heldUntil(process, id) ?? 0) > timeline.now() + 2 * MOST_SKEW_MS;

  const judge = (machine: Machine, request: CallRequest) => {
    const { dispatchId, candidate, attempt, stepName, stepAttempt, kind } = request;
    const command = ledger.entries.get(dispatchId)?.command;
    const name = { attempt, kind, step: stepName, number: stepAttempt };
    if (!command) return trace.violate(`${dispatchId} was sent and never put into the outbox`);
    if (JSON.stringify(command.call) !== JSON.stringify(name))
      trace.violate(`${dispatchId} was sent as ${JSON.stringify(name)}`);
    const body = JSON.stringify({ ...request, migratorUrl: "", migratorApp: "" });
    if (body !== (bodies.get(dispatchId) ?? body))
      trace.violate(`${dispatchId} was sent with two bodies`);
    bodies.set(dispatchId, body);
    if (ledger.leases.heldUntil(machine.name, dispatchId) === undefined)
      trace.violate(`${machine.name} sent ${dispatchId} without a lease`);
    if (holds(machine.name, dispatchId) && ledger.isOver(candidate.id, attempt))
      trace.violate(`${dispatchId} was sent after its attempt had ended`);
    for (const other of underWay.get(dispatchId) ?? [])
      if (holds(other.process, dispatchId))
        trace.violate(`${dispatchId} was sent by ${machine.name} and ${other.process} at once`);
  };

  return {
    begin(machine, request) {
      judge(machine, request);
      const { dispatchId } = request;
      const calls = underWay.get(dispatchId) ?? new Set();
      const call = { process: machine.name };
      underWay.set(dispatchId, calls.add(call));
      return () => calls.delete(call);
    },
  };
}

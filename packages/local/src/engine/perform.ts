import type { CallOutcome, EngineHost, OutboxEntry } from "@loom/core";
import { loadCall, pauseAfter, postponeCall, timestampOf } from "@loom/core/effects";
import type { Answer, CompensateStep, DispatchStep, RunEvent } from "@loom/core/run";
import type { Leases } from "./leases.ts";

/** What it takes to perform an outbox entry. */
export interface Performing {
  readonly host: EngineHost;
  /** Gives an event to the run of the entry. */
  readonly raise: (entry: OutboxEntry, event: RunEvent) => Promise<Answer>;
  readonly leases: Pick<Leases, "putOff">;
  readonly random: () => number;
}

interface CallEntry extends OutboxEntry {
  readonly command: DispatchStep | CompensateStep;
}

type Settlement = {
  readonly outcome: "accepted" | "refused" | "exhausted";
  readonly error?: string;
};

/**
 * Performs an entry once: a timer fires; a call is made and settled, or put off. The entry leaves the outbox in the same
 * commit as what came of it. Rejects when the store fails or a newer Loom began the run; the entry is then as it was.
 *
 * @param putOffMs for how long to put a call off that would be made
 */
export async function perform(
  performing: Performing,
  entry: OutboxEntry,
  putOffMs?: number,
): Promise<void> {
  const { host, raise } = performing;
  const { command } = entry;
  if (command.type !== "set_timer") return performCall(performing, { ...entry, command }, putOffMs);
  const at = timestampOf(host.clock.now());
  await raise(entry, { type: "timer_fired", call: command.call, at });
}

/** A call that is not wanted any more is not made: there is nothing to put off. */
async function performCall(
  performing: Performing,
  entry: CallEntry,
  putOffMs: number | undefined,
): Promise<void> {
  const { host } = performing;
  const { standing, manifest } = await loadCall(host, entry);
  if (standing !== "wanted" || !manifest) return settle(performing, entry, notSent(entry));
  if (putOffMs !== undefined) return performing.leases.putOff(entry, putOffMs);
  const outcome = await host.deliver(manifest, entry.command);
  if (outcome.type === "unavailable") return tryAgain(performing, entry, outcome);
  const { type, ...rest } = outcome;
  return settle(performing, entry, { outcome: type, ...rest });
}

async function tryAgain(
  performing: Performing,
  entry: CallEntry,
  missed: Extract<CallOutcome, { type: "unavailable" }>,
): Promise<void> {
  const { host, random } = performing;
  const { error, retryAfterMs } = missed;
  const retry = entry.command.step.dispatchRetry;
  const tries = entry.tries + 1;
  const pause = pauseAfter({ retry, tries, retryAfterMs, chance: random() });
  const standing =
    pause === undefined ? "stopping" : await postponeCall(host, entry, host.clock.now() + pause);
  if (standing !== "wanted") await settle(performing, entry, { outcome: "exhausted", error });
}

/** A settlement of a call that is gone is stale to the run, and takes the entry away. */
async function settle(
  { host, raise }: Performing,
  entry: CallEntry,
  settlement: Settlement,
): Promise<void> {
  const at = timestampOf(host.clock.now());
  const { call } = entry.command;
  await raise(entry, { type: "dispatch_settled", call, at, ...settlement });
}

function notSent({ tries }: CallEntry): Settlement {
  const error = `stopped before it was sent${tries > 0 ? " again" : ""}`;
  return { outcome: "exhausted", error };
}

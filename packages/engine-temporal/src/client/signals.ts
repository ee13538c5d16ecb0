import type { Clock } from "@loom/core";
import { LoomError } from "@loom/core/errors";
import type { RunEvent } from "@loom/core/run";
import { createPace } from "./pace.ts";

/** Tells runs of events: one signal of a run at a time, in which all events go that have come meanwhile. */
export interface Signals {
  /**
   * Sends an event, after those that were sent to the same run before it.
   *
   * @returns whether an execution took it
   * @throws LoomError `engine_unavailable`, also when so many are sent to the run that its turn does not come in time
   */
  send(runId: string, event: RunEvent): Promise<boolean>;
}

/** What it takes to send signals. */
export interface Sending {
  readonly clock: () => Clock;
  /** How long an event waits for its turn. */
  readonly limitSeconds: number;
  /** Makes one signal of events for a run. @returns whether an execution took them */
  signal(runId: string, events: readonly RunEvent[]): Promise<boolean>;
  /** Whether a run has taken all that was sent to it, as far as can be told. */
  hasTakenAll(runId: string): Promise<boolean>;
}

interface Letter {
  readonly event: RunEvent;
  readonly sentAt: number;
  readonly taken: (isTaken: boolean) => void;
  readonly failed: (error: unknown) => void;
}

interface Line {
  add(letter: Letter): void;
}

/** The most events in one signal. */
const MOST_EVENTS = 100;
/** The most that events may have to go along with others, in characters of JSON: the server takes no signal above 2 MiB. */
const LONGEST_TOGETHER = 100_000;
const RETRY_AFTER_SECONDS = 5;

export function createSignals(sending: Sending): Signals {
  const lines = new Map<string, Line>();
  const open = (runId: string): Line => {
    const line = createLine(sending, runId, () => lines.delete(runId));
    lines.set(runId, line);
    return line;
  };
  return {
    send: (runId, event) =>
      new Promise((taken, failed) => {
        const line = lines.get(runId) ?? open(runId);
        line.add({ event, sentAt: sending.clock().now(), taken, failed });
      }),
  };
}

/** What waits to be sent to one run. */
function createLine(sending: Sending, runId: string, onRest: () => void): Line {
  const clock = sending.clock();
  const pace = createPace(clock, () => sending.hasTakenAll(runId));
  const waiting: Letter[] = [];
  let isSending = false;

  const rest = (): void => {
    if (!isSending && pace.restsIn() === 0) onRest();
  };
  const sendAll = async (): Promise<void> => {
    isSending = true;
    while (waiting.length > 0) {
      await pace.turn();
      giveUp(waiting, clock.now() - sending.limitSeconds * 1_000);
      const together = waiting.splice(0, countTogether(waiting));
      await deliver(together, (events) => sending.signal(runId, events));
    }
    isSending = false;
    clock.after(pace.restsIn(), rest);
  };

  return {
    add(letter) {
      waiting.push(letter);
      if (!isSending) void sendAll();
    },
  };
}

/** Those whose time is over are not sent: who sent them will do so again. */
function giveUp(waiting: Letter[], earliest: number): void {
  const kept = waiting.findIndex(({ sentAt }) => sentAt >= earliest);
  for (const { failed } of waiting.splice(0, kept < 0 ? waiting.length : kept)) failed(tooMany());
}

async function deliver(
  letters: readonly Letter[],
  signal: (events: readonly RunEvent[]) => Promise<boolean>,
): Promise<void> {
  if (letters.length === 0) return;
  try {
    const isTaken = await signal(letters.map(({ event }) => event));
    for (const { taken } of letters) taken(isTaken);
  } catch (error) {
    for (const { failed } of letters) failed(error);
  }
}

/** How many go in the next signal: as many as fit, and one in any case. */
function countTogether(letters: readonly Letter[]): number {
  let length = 0;
  const tooMuch = letters.slice(0, MOST_EVENTS).findIndex(({ event }, index) => {
    length += JSON.stringify(event).length;
    return index > 0 && length > LONGEST_TOGETHER;
  });
  return tooMuch < 0 ? MOST_EVENTS : tooMuch;
}

function tooMany(): LoomError {
  const details = { retryAfterSeconds: RETRY_AFTER_SECONDS };
  const message = "So much is reported on this run that it could not be told of this in time.";
  return new LoomError("engine_unavailable", message, { details });
}

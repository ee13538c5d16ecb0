import type { RunTiming } from "../protocol.ts";

/** How long the server waits for activities of a run, in milliseconds. */
export interface Limits {
  readonly heartbeatMs: number;
  readonly callMs: number;
}

const USUAL: RunTiming = { heartbeatSeconds: 20, callSeconds: 120 };
const LONGEST_SECONDS = 86_400;

/**
 * The limits of a run. What it began with stays with it, so of times that make no sense, as of a mistake in the service that
 * began it, it takes the usual ones: the server would refuse them for ever.
 */
export function limitsOf(timing: Partial<RunTiming> | undefined): Limits {
  const { heartbeatSeconds, callSeconds } = { ...USUAL, ...timing };
  return {
    heartbeatMs: millisecondsOf(heartbeatSeconds, USUAL.heartbeatSeconds),
    callMs: millisecondsOf(callSeconds, USUAL.callSeconds),
  };
}

function millisecondsOf(given: unknown, usual: number): number {
  const seconds = typeof given === "number" && given > 0 ? given : usual;
  return Math.ceil(1000 * Math.min(seconds, LONGEST_SECONDS));
}

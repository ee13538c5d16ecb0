import { LoomError } from "@loom/core/errors";
import { backoffMs } from "../backoff.ts";
import { pause } from "../clock.ts";
import type { LoomErrorCode } from "../contract.ts";
import type { Host } from "../host.ts";
import type { LoomAnswer } from "../loom/answer.ts";

const BACKOFF = { initialSeconds: 1, maxSeconds: 60 };

/** Loom's answer, once it gives one. */
export type Answered = Exclude<LoomAnswer, { type: "unavailable" }>;

/**
 * Asks Loom until it answers, with growing pauses.
 *
 * @throws LoomError `engine_unavailable` when the signal aborts first
 */
export async function untilAnswered(
  host: Host,
  what: string,
  ask: () => Promise<LoomAnswer>,
  signal: AbortSignal,
): Promise<Answered> {
  for (let tries = 1; !signal.aborted; tries += 1) {
    const answer = await ask();
    if (answer.type !== "unavailable") return answer;
    const pauseMs = Math.max(backoffMs(BACKOFF, tries), answer.retryAfterMs ?? 0);
    host.logger.warn(
      { error: answer.error, tries, pauseMs },
      `Loom did not answer: ${what}; it is asked again`,
    );
    await pause(host.clock, pauseMs, signal);
  }
  throw new LoomError(
    "engine_unavailable",
    `The migrator was closed before Loom answered: ${what}.`,
  );
}

/** The error of an answer that says no. */
export function refusal(what: string, answer: Extract<Answered, { type: "refused" }>): LoomError {
  const code = (answer.code ?? "validation_failed") as LoomErrorCode;
  return new LoomError(code, `Loom refused: ${what}. ${answer.error}`);
}

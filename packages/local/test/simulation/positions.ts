import type { HistoryAction, Position } from "@loom/core";

/** Where a candidate stands before anything was done to it. */
export const UNTOUCHED: Position = { status: "not_started", attempt: 0 };

/** Where an action leads from a position, by the rules of `mission.md`; `undefined` when it may not happen there. */
export function led(action: HistoryAction, from: Position): Position | undefined {
  const { status, attempt } = from;
  const isQueued = status === "queued";
  const begun = { status: "running", attempt: isQueued ? attempt : attempt + 1 } as const;
  const reset = { status: "not_started", attempt } as const;
  switch (action) {
    case "queue":
      return status === "not_started" ? { status: "queued", attempt: attempt + 1 } : undefined;
    case "dequeue":
    case "cancel":
      return isQueued ? reset : undefined;
    case "execute":
      return isQueued ? begun : undefined;
    case "start":
      return isQueued || status === "not_started" ? begun : undefined;
    case "close":
      return status === "running" ? reset : undefined;
    case "complete":
      return status === "running" ? { status: "completed", attempt } : undefined;
    default:
      return undefined;
  }
}

export function isSamePosition(one: Position | undefined, other: Position): boolean {
  return one?.status === other.status && one.attempt === other.attempt;
}

import type { CancelRequested, InputsUpdated, RetryRequested, StepReported } from "@loom/core/run";

/** The events that come from outside; settlements and timers are the host's own. */
export type SentEvent = StepReported | RetryRequested | InputsUpdated | CancelRequested;

type Fields = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => boolean;

const STATUSES: readonly unknown[] = [
  "in_progress",
  "open",
  "awaiting_review",
  "completed",
  "merged",
  "failed",
];

const CHECKS: Record<SentEvent["type"], (event: Fields) => boolean> = {
  step_reported: ({ call, status, metadata, error, eventId }) =>
    isCall(call) &&
    STATUSES.includes(status) &&
    isOptional(metadata, isMap) &&
    isOptional(error, isText) &&
    isOptional(eventId, isText),
  retry_requested: ({ call }) => isCall(call),
  inputs_updated: ({ attempt, inputs }) => isCount(attempt) && isMap(inputs),
  cancel_requested: ({ attempt, compensate, by, reason }) =>
    isCount(attempt) &&
    isOptional(compensate, (value) => typeof value === "boolean") &&
    isOptional(by, isText) &&
    isOptional(reason, isText),
};

/**
 * The event in a signal; `undefined` for anything else. Anybody with access to the namespace can send a signal, and what
 * makes the machine throw would wedge the run.
 */
export function readEvent(value: unknown): SentEvent | undefined {
  if (!isFields(value)) return undefined;
  const { type, at } = value;
  const check = typeof type === "string" && Object.hasOwn(CHECKS, type) && checkOf(type);
  if (!check || !isTime(at) || !check(value)) return undefined;
  return value as unknown as SentEvent;
}

function checkOf(type: string): (event: Fields) => boolean {
  return CHECKS[type as SentEvent["type"]];
}

function isCall(value: unknown): boolean {
  if (!isFields(value)) return false;
  const { attempt, kind, step, number } = value;
  return (kind === "do" || kind === "undo") && isText(step) && isCount(attempt) && isCount(number);
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isMap(value: unknown): boolean {
  return isFields(value) && Object.values(value).every(isText);
}

function isText(value: unknown): boolean {
  return typeof value === "string";
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) > 0;
}

function isTime(value: unknown): boolean {
  return typeof value === "string" && !Number.isNaN(Date.parse(value));
}

function isOptional(value: unknown, check: Check): boolean {
  return value === undefined || check(value);
}

import { randomUUID } from "node:crypto";
import type { StepCompletedEvent, StringMap } from "../contract.ts";
import { parse, StepCompletedEventSchema } from "../contract.ts";
import type { StepOutcome } from "../define/result.ts";
import type { Settlement } from "../define/context.ts";
import { messageOf, shownError } from "../errors.ts";
import type { OutboxEvent, ReportAddress } from "../store/port.ts";

/** The call that an event is about. */
export interface EventCall {
  /** The id of the call. */
  readonly id: string;
  readonly runId: string;
  readonly report: ReportAddress;
}

/** What an event says, besides whom it is about. */
type Said = Pick<StepCompletedEvent, "success" | "phase" | "metadata" | "error">;

/**
 * The event that tells Loom of an outcome. What the contract refuses, such as a value of more than 16 KiB, becomes a failure
 * that says so: an event that Loom would refuse must never be what a run waits for.
 */
export function outcomeEvent(call: EventCall, outcome: StepOutcome): OutboxEvent {
  try {
    return eventOf(call, saidBy(outcome));
  } catch (error) {
    const told = `The migrator's report is not valid: ${messageOf(error)}`;
    return eventOf(call, { success: false, error: shownError(told) });
  }
}

/** The event that tells Loom how something that stood open ended. */
export function settlementEvent(call: EventCall, settlement: Settlement): OutboxEvent {
  return outcomeEvent(call, outcomeOfSettlement(settlement));
}

/** The event that shows metadata while the work goes on. @throws LoomError `validation_failed` */
export function progressEvent(call: EventCall, metadata: StringMap): OutboxEvent {
  return eventOf(call, { success: true, phase: "in_progress", metadata });
}

function eventOf({ id, runId, report }: EventCall, said: Said): OutboxEvent {
  const { callbackId, stepName, candidateId } = report;
  const eventId = randomUUID();
  const body = parse(StepCompletedEventSchema, { stepName, candidateId, ...said, eventId });
  return { id: eventId, stream: id, runId, callbackId, body };
}

function saidBy(outcome: StepOutcome): Said {
  const { metadata } = outcome;
  const told = Object.keys(metadata).length > 0 ? { metadata } : {};
  if (outcome.type !== "failed") return { success: true, phase: outcome.phase, ...told };
  return { success: false, error: shownError(outcome.error) || "failed", ...told };
}

function outcomeOfSettlement(settlement: Settlement): StepOutcome {
  const { metadata = {} } = settlement;
  if ("failed" in settlement) return { type: "failed", error: settlement.failed, metadata };
  return { type: "done", phase: settlement.phase, metadata };
}

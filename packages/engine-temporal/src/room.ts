import type { StringMap } from "@loom/core";
import type { RunCommand, RunEvent, RunState, StepReported } from "@loom/core/run";
import { advanceRun } from "@loom/core/run";

// Temporal takes no argument above 2 MiB, and ends or wedges a run that has one. A run's state goes into one argument when it
// is continued as new, and a codec may make a third more of it: so these two together stay well below.

/** The most that the inputs of a run may come to, in bytes of JSON. */
export const MOST_INPUT_BYTES = 400_000;
/** The most that the steps of a run may hold of what was reported on them, in bytes of JSON. */
const MOST_STEP_BYTES = 800_000;
/** The most that is carried over to a new execution, which the server ends at once if it is too much, in bytes of JSON. */
export const MOST_CARRIED_BYTES = 1_500_000;

/** A longer value is what a report is made shorter by first, in characters. */
const LONG_VALUE = 1_000;
const SHORT_ERROR = 200;
const HALF_A_CHARACTER = /[\uD800-\uDBFF]$/;
const NOTE_NAME = "loom:note";
const NOTE = `Loom left out what was too long: the steps of a run in Temporal hold at most ${MOST_STEP_BYTES} bytes of JSON.`;

/** What a run has room for, in bytes of JSON. */
export interface Bounds {
  readonly inputBytes: number;
  readonly stepBytes: number;
}

const BOUNDS: Bounds = { inputBytes: MOST_INPUT_BYTES, stepBytes: MOST_STEP_BYTES };

/** Keeps a run within its bounds. Its memory is of sizes only, so one that begins anew comes to the same. */
export interface Room {
  /**
   * Gives an event to the machine. Of a report that the run has no room for, the status counts all the same: its long values
   * give way to a note, then all of them. Inputs that it has no room for are not taken.
   *
   * @param mayGiveWay asked only about an event that is too large; `false` takes it whole
   */
  advance(
    state: RunState,
    event: RunEvent,
    mayGiveWay: () => boolean,
  ): readonly [RunState, readonly RunCommand[]];
}

export function createRoom({ inputBytes, stepBytes }: Bounds = BOUNDS): Room {
  const sizes = new WeakMap<object, number>();
  const sizeOf = (value: object): number => {
    const size = sizes.get(value) ?? bytesOf(value);
    sizes.set(value, size);
    return size;
  };
  const sizeOfSteps = ({ steps, compensations }: RunState): number =>
    sum([...steps, ...compensations].map(sizeOf));
  /** What makes a run no larger fits in any case. */
  const fits = (before: RunState, after: RunState): boolean =>
    (after.inputs === before.inputs ||
      sizeOf(after.inputs) <= Math.max(inputBytes, sizeOf(before.inputs))) &&
    sizeOfSteps(after) <= Math.max(stepBytes, sizeOfSteps(before));

  return {
    advance(state, event, mayGiveWay) {
      const [whole, commands] = advanceRun(state, event);
      if (whole === state || fits(state, whole) || !mayGiveWay()) return [whole, commands];
      if (event.type === "inputs_updated") return [state, []];
      const [shorter, itsCommands] = advanceRun(state, withoutLong(event));
      if (fits(state, shorter)) return [shorter, itsCommands];
      const [bareOne, bareCommands] = advanceRun(state, bare(event));
      return [bareOne, bareCommands];
    },
  };
}

/** Whether a run has room for these as its inputs. */
export function isRoomForInputs(inputs: StringMap): boolean {
  return bytesOf(inputs) <= MOST_INPUT_BYTES;
}

/** The length of a value as JSON in UTF-8. */
export function bytesOf(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}

function withoutLong(event: RunEvent): RunEvent {
  if (event.type !== "step_reported") return event;
  return keeping(event, (value) => value.length <= LONG_VALUE);
}

function bare(event: RunEvent): RunEvent {
  if (event.type === "dispatch_settled") return withShortError(event);
  if (event.type !== "step_reported") return event;
  return keeping(withShortError(event), () => false);
}

/** The report with a note in place of the values that are not to be kept. */
function keeping(report: StepReported, isKept: (value: string) => boolean): StepReported {
  const entries = Object.entries(report.metadata ?? {});
  const kept = entries.filter(([, value]) => isKept(value));
  if (kept.length === entries.length) return report;
  return { ...report, metadata: { ...Object.fromEntries(kept), [NOTE_NAME]: NOTE } };
}

function withShortError<E extends { readonly error?: string }>(event: E): E {
  const { error } = event;
  if (error === undefined || error.length <= SHORT_ERROR) return event;
  const cut = error.slice(0, SHORT_ERROR).replace(HALF_A_CHARACTER, "");
  return { ...event, error: `${cut}…` };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

import fc from "fast-check";
import type { MigrationManifest } from "../../src/domain/manifest.ts";
import type { CallName } from "../../src/domain/run.ts";
import type { StepDefinition, StepStatus } from "../../src/domain/step.ts";
import type { DispatchOutcome, RunEvent } from "../../src/run/events.ts";
import {
  ATTEMPT,
  cancelled,
  doing,
  fired,
  plan,
  reported,
  retried,
  settled,
  updated,
} from "./events.ts";
import type { Host } from "./host.ts";
import { createHost } from "./host.ts";

/** One thing that the world does to a run; `pick` chooses among what there is to choose from. */
export interface Move {
  readonly what: keyof typeof MOVES;
  readonly pick: number;
}

const OUTCOMES: readonly DispatchOutcome[] = ["accepted", "refused", "exhausted"];
const STATUSES: readonly StepStatus[] = [
  "completed",
  "failed",
  "open",
  "merged",
  "in_progress",
  "awaiting_review",
];
const GARBAGE = ["", "z", "__proto__", "constructor", "a:1", "\ud800"];

/** How each move becomes an event, given what has happened so far. */
const MOVES = {
  settle: (host: Host, pick: number) =>
    settled(openCall(host), choose(OUTCOMES, pick), { ...errorFor(pick) }),
  report: (host: Host, pick: number) => reportOf(currentCall(host), pick),
  early: (host: Host, pick: number) => reportOf(openCall(host), pick),
  double: (host: Host, pick: number) => choose(host.log, pick) ?? updated({}),
  timer: (host: Host, pick: number) => fired(choose(host.timers(), pick) ?? currentCall(host)),
  retry: (host: Host) => retried(currentCall(host)),
  cancel: (_: Host, pick: number) =>
    cancelled(choose([{}, { compensate: true }, { compensate: false }], pick)),
  compensate: () => cancelled({ compensate: true, by: "ada", reason: "wrong week" }),
  inputs: (_: Host, pick: number) => updated({ [`input${pick % 3}`]: `${pick}` }),
  stale: (host: Host, pick: number) => renamed(choose(host.log, pick) ?? retried(doing("a")), pick),
} satisfies Record<string, (host: Host, pick: number) => RunEvent>;

const WEIGHTS: Record<Move["what"], number> = {
  settle: 6,
  report: 8,
  early: 2,
  double: 4,
  timer: 2,
  retry: 4,
  cancel: 1,
  compensate: 1,
  inputs: 1,
  stale: 3,
};

/** Plans of up to four steps, each with or without time limit and compensation. */
export const plans: fc.Arbitrary<MigrationManifest> = fc
  .array(fc.record({ isLimited: fc.boolean(), compensable: fc.boolean() }), { maxLength: 4 })
  .map((steps) => plan(...steps.map(stepOf)));

/** What the world does, in order. */
export const moves: fc.Arbitrary<Move[]> = fc.array(moveOf(WEIGHTS), {
  maxLength: 60,
  size: "max",
});

/** This many, most of them noise and none a cancel, so that a run lasts long. */
export function noisyMoves(count: number): fc.Arbitrary<Move[]> {
  const noise = { settle: 1, report: 2, double: 12, stale: 12, cancel: 0, compensate: 0 };
  const move = moveOf({ ...WEIGHTS, ...noise });
  return fc.array(move, { minLength: count, maxLength: count, size: "max" });
}

/** Plays the moves, on a fresh host unless there is one. */
export function play(
  manifest: MigrationManifest,
  made: readonly Move[],
  host: Host = createHost(manifest),
): Host {
  for (const { what, pick } of made) host.take(MOVES[what](host, pick));
  return host;
}

/** Turns the event into one that means another call, attempt or number, or none that ever was. */
function renamed(event: RunEvent, pick: number): RunEvent {
  if (!("call" in event)) return { ...event, attempt: ATTEMPT + (pick % 2 ? 1 : -1) };
  const { call } = event;
  const others: readonly CallName[] = [
    { ...call, number: call.number + 1 },
    { ...call, number: call.number - 1 },
    { ...call, attempt: call.attempt + 1 },
    { ...call, attempt: call.attempt - 1 },
    { ...call, kind: call.kind === "do" ? "undo" : "do" },
    { ...call, step: choose(GARBAGE, pick >> 3) ?? "" },
    { ...call, number: Number.NaN },
  ];
  return { ...event, call: choose(others, pick) ?? call };
}

function moveOf(weights: Record<Move["what"], number>): fc.Arbitrary<Move> {
  const all = Object.keys(weights) as Move["what"][];
  const what = fc.oneof(
    ...all.map((one) => ({ weight: weights[one], arbitrary: fc.constant(one) })),
  );
  return fc.record({ what, pick: fc.nat({ max: 4095 }) });
}

function stepOf(
  { isLimited, compensable }: { isLimited: boolean; compensable: boolean },
  index: number,
): StepDefinition {
  return { name: `step${index}`, compensable, ...(isLimited && { timeoutSeconds: 60 }) };
}

function reportOf(call: CallName, pick: number): RunEvent {
  return reported(call, choose(STATUSES, pick) ?? "open", {
    ...(pick % 5 > 2 && { eventId: `event${pick % 7}` }),
    ...(pick % 3 > 0 && { metadata: { [`key${pick % 4}`]: `${pick}` } }),
    ...errorFor(pick >> 2),
  });
}

function errorFor(pick: number) {
  return pick % 3 === 0 ? {} : { error: `error ${pick}` };
}

const currentCall = (host: Host) => host.model.current()?.name ?? doing("a");
const openCall = (host: Host) => host.model.inFlight()?.name ?? currentCall(host);

function choose<T>(from: readonly T[], pick: number): T | undefined {
  return from[pick % from.length];
}

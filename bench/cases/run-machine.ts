import type { MigrationManifest } from "@loom/core";
import type { RunEvent, RunState } from "@loom/core/run";
import { advanceRun, startRun } from "@loom/core/run";
import { STEPS } from "../loom.ts";
import type { Comparison } from "../measure.ts";

const RUNS = 4000;
const AT = "2026-01-01T00:00:00.000Z";
const PHASES = ["in_progress", "open", "merged"] as const;

const manifest: MigrationManifest = {
  migrationId: "bench",
  runId: "bench__candidate",
  attempt: 1,
  candidate: { id: "candidate" },
  steps: STEPS.map((name) => ({ name })),
};

const events: readonly RunEvent[] = STEPS.flatMap((step): RunEvent[] => {
  const call = { attempt: 1, kind: "do", step, number: 1 } as const;
  return [
    { type: "dispatch_settled", call, outcome: "accepted", at: AT },
    ...PHASES.map((status) => ({ type: "step_reported", call, status, at: AT }) as const),
  ];
});

/** The rules against the least that an immutable reducer of the same events could do. */
export const runMachine: Comparison = {
  name: "run machine",
  rawIs:
    "a bare reducer of the same events, which keeps the last status of each step and checks nothing",
  unit: "events",
  async raw() {
    for (let run = 0; run < RUNS; run++) reduceBare();
    return RUNS * events.length;
  },
  async loom() {
    for (let run = 0; run < RUNS; run++) advanceAll();
    return RUNS * events.length;
  },
};

function advanceAll(): void {
  let [state]: readonly [RunState, ...unknown[]] = startRun(manifest, AT);
  for (const event of events) [state] = advanceRun(state, event);
  if (state.outcome !== "completed") throw new Error("the run did not complete");
}

interface Bare {
  readonly steps: Readonly<Record<string, string>>;
  readonly sequence: number;
}

function reduceBare(): void {
  let state: Bare = { steps: {}, sequence: 0 };
  for (const event of events) state = reduce(state, event);
  if (Object.keys(state.steps).length !== STEPS.length) throw new Error("a step is missing");
}

function reduce(state: Bare, event: RunEvent): Bare {
  if (event.type !== "step_reported") return state;
  const steps = { ...state.steps, [event.call.step]: event.status };
  return { steps, sequence: state.sequence + 1 };
}

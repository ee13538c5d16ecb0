import { isDeepStrictEqual } from "node:util";
import type { MigrationManifest } from "../../src/domain/manifest.ts";
import type { StepState } from "../../src/domain/step.ts";
import type { RunCommand } from "../../src/run/command-types.ts";
import type { RunEvent } from "../../src/run/events.ts";
import { advanceRun, progressOf, startRun } from "../../src/run/index.ts";
import type { RunState } from "../../src/run/state.ts";
import { AT, reported, retried, settled } from "./events.ts";
import { deepFreeze } from "./freeze.ts";
import { describeCommands } from "./given.ts";
import type { RunView } from "./model.ts";
import { createModel } from "./model.ts";
import type { Call, StepView } from "./model-calls.ts";
import { statusOfCall } from "./model-calls.ts";
import { checkStart, checkTransition, dispatchesIn, insist } from "./transition-laws.ts";

/** A machine and its model side by side, every event checked against both the laws and the model. */
export function createHost(manifest: MigrationManifest) {
  const model = createModel(manifest);
  const log: RunEvent[] = [];
  const performed: RunCommand[] = [];
  const started = startRun(deepFreeze(manifest), AT);
  checkStart(started);
  let state = deepFreeze(started[0]);
  perform(started[1], model.start());

  function perform(commands: readonly RunCommand[], asked: readonly string[]): void {
    const done = describeCommands(commands).filter((words) => !words.startsWith("timer"));
    const isSame = isDeepStrictEqual(done, asked);
    insist(isSame, () => `the machine asks for ${done.join()}, the model for ${asked.join()}`);
    performed.push(...commands);
  }

  return {
    log: log as readonly RunEvent[],
    model,
    state: (): RunState => state,
    performed: performed as readonly RunCommand[],
    /** The commands' calls whose time limit may pass at any moment. */
    timers: () =>
      performed.flatMap((command) => (command.type === "set_timer" ? [command.call] : [])),
    take(event: RunEvent): void {
      const transition = advanceRun(state, deepFreeze(event));
      const expected = model.take(event);
      checkTransition(state, event, transition);
      insist(
        transition[2] === expected.answer,
        () => `answers ${transition[2]}, not ${expected.answer}, to ${JSON.stringify(event)}`,
      );
      perform(transition[1], expected.asked);
      state = deepFreeze(transition[0]);
      log.push(event);
    },
    /** Holds the whole run against the model, and its commands against the laws that span it. */
    checkWhole(): void {
      insist(isDeepStrictEqual(viewOf(state), model.view()), "the state is that of the model");
      checkPerformed(performed, model.dispatched().length);
    },
  };
}

export type Host = ReturnType<typeof createHost>;

/** Leads a live run to its end by what a patient operator and a migrator that works would do. */
export function leadToEnd(host: Host): void {
  let patience = 1000;
  while (host.state().phase !== "finished") {
    host.take(nextStep(host.model.inFlight(), host.model.current()));
    patience -= 1;
    insist(patience > 0, "every live run can be led to its end");
  }
}

function nextStep(inFlight: Call | undefined, current: Call | undefined): RunEvent {
  if (inFlight) return settled(inFlight.name);
  if (!current) throw new Error("a live run has a current call");
  return statusOfCall(current) === "failed"
    ? retried(current.name)
    : reported(current.name, "completed");
}

function checkPerformed(commands: readonly RunCommand[], dispatched: number): void {
  const ids = commands.map(({ id }) => id);
  insist(new Set(ids).size === ids.length, "no command id is used twice");
  insist(dispatchesIn(commands).length === dispatched, "each name is dispatched once");
  const end = commands.findIndex(({ type }) => type === "finish");
  insist(end < 0 || end === commands.length - 1, "nothing is asked after the finish");
  const numbers = commands.flatMap((c) => ("sequence" in c ? [c.sequence] : []));
  insist(
    numbers.every((number, index) => number === index + 1),
    "views are numbered one by one",
  );
}

/** As much of a state as the model knows. */
function viewOf(state: RunState): RunView {
  const { phase, steps, compensations } = progressOf(state);
  return {
    phase,
    outcome: state.outcome,
    steps: steps.map(stepViewOf),
    compensations: compensations.map(stepViewOf),
  };
}

function stepViewOf({
  stepName,
  status,
  stepAttempt,
  metadata,
  error,
  failures,
}: StepState): StepView {
  return {
    stepName,
    status,
    stepAttempt,
    ...(metadata && { metadata }),
    ...(error !== undefined && { error }),
    ...(failures && {
      failures: failures.map((f) => ({ stepAttempt: f.stepAttempt, error: f.error })),
    }),
  };
}

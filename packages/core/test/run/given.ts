import { expect } from "vitest";
import type { MigrationManifest } from "../../src/domain/manifest.ts";
import type { RunProgress } from "../../src/domain/run.ts";
import type { RunCommand } from "../../src/run/command-types.ts";
import type { Answer, RunEvent } from "../../src/run/events.ts";
import { advanceRun, progressOf, startRun } from "../../src/run/index.ts";
import type { RunState } from "../../src/run/state.ts";
import { AT, shortName } from "./events.ts";
import { checkStart, checkTransition } from "./transition-laws.ts";

/** What came of the event under test, for looking closer. */
export interface Outcome {
  readonly state: RunState;
  readonly progress: RunProgress;
  readonly commands: readonly RunCommand[];
}

/** Reads as a sentence: given a plan and what happened, when this happens, then this is answered and asked of the host. */
export function given(manifest: MigrationManifest, history: readonly RunEvent[] = []) {
  const before = history.reduce((state, event) => advance(state, event)[0], start(manifest)[0]);
  return {
    when: (event: RunEvent) => {
      const [state, commands, answer] = advance(before, event);
      return {
        then: then(state, commands, answer),
        thenNothing: thenNothing(before, state, answer),
      };
    },
  };
}

/** Begins the run and says what that asks of the host. */
export function whenStarted(manifest: MigrationManifest) {
  const [state, commands] = start(manifest);
  return { then: (...asked: readonly string[]) => then(state, commands)(undefined, ...asked) };
}

/** A command in a few words; views for readers are left out, since the laws look after them. */
export function describeCommands(commands: readonly RunCommand[]): string[] {
  return commands.filter(({ type }) => type !== "save_progress").map(describeCommand);
}

function describeCommand(command: RunCommand): string {
  switch (command.type) {
    case "dispatch_step":
    case "compensate_step":
      return `dispatch ${shortName(command.call)}`;
    case "stop_dispatch":
      return `stop ${shortName(command.call)}`;
    case "set_timer":
      return `timer ${shortName(command.call)} after ${(command.dueAt - Date.parse(AT)) / 1000} s`;
    case "finish":
      return `finish ${command.outcome}`;
    case "save_progress":
      return "show";
  }
}

function start(manifest: MigrationManifest) {
  const started = startRun(manifest, AT);
  checkStart(started);
  return started;
}

function advance(state: RunState, event: RunEvent) {
  const transition = advanceRun(state, event);
  checkTransition(state, event, transition);
  return transition;
}

const then =
  (state: RunState, commands: readonly RunCommand[], answer?: Answer) =>
  (expected: Answer | undefined, ...asked: readonly string[]): Outcome => {
    expect({ answer, asked: describeCommands(commands) }).toEqual({ answer: expected, asked });
    return { state, commands, progress: progressOf(state) };
  };

const thenNothing = (before: RunState, after: RunState, answer: Answer) => (expected: Answer) => {
  expect(answer).toBe(expected);
  expect(after).toBe(before);
};

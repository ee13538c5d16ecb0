import type { RunCommand, RunEvent, RunState, SetTimer } from "@loom/core/run";
import { advanceRun, dispatchIdOf } from "@loom/core/run";
import { condition, upsertMemo, workflowInfo } from "@temporalio/workflow";
import type { RunTiming } from "../protocol.ts";
import { type Calls, createCalls } from "./calls.ts";
import { createTimers, type Timers } from "./timers.ts";
import { viewsOf } from "./views.ts";
import { write } from "./write.ts";

/** A run that is being hosted. */
export interface HostedRun {
  state: RunState;
  /** Events that were taken and not yet given to the machine, in order. */
  readonly inbox: RunEvent[];
}

/** Why the loop ended: `over` when the store had ended the attempt already, `continued` to go on in a new execution. */
export type LoopEnd =
  | { readonly type: "completed" | "cancelled" | "over" }
  | { readonly type: "continued"; readonly timers: readonly SetTimer[] };

interface Performing {
  readonly run: HostedRun;
  readonly calls: Calls;
  readonly timers: Timers;
}

/** Performs the commands and gives the machine what they and the signals bring, until the end of the run or of its execution. */
export async function hostRun(
  run: HostedRun,
  first: readonly RunCommand[],
  timing: RunTiming,
): Promise<LoopEnd> {
  const post = (event: RunEvent): number => run.inbox.push(event);
  const calls = createCalls(run.state.manifest, timing, post);
  const timers = createTimers(post);
  let commands = first;
  for (;;) {
    await perform({ run, calls, timers }, commands);
    if (run.state.phase === "finished") return { type: run.state.outcome ?? "completed" };
    if (isTimeToContinue(run, calls)) return { type: "continued", timers: timers.running };
    await condition(() => run.inbox.length > 0 || calls.isOver);
    if (calls.isOver) return { type: "over" };
    commands = takeEvents(run);
  }
}

/** Gives the machine all events that wait; a cancel that it takes is shown to those who look at the execution. */
function takeEvents(run: HostedRun): readonly RunCommand[] {
  const { phase } = run.state;
  const commands: RunCommand[] = [];
  for (let event = run.inbox.shift(); event; event = run.inbox.shift()) {
    const [state, more] = advanceRun(run.state, event);
    run.state = state;
    commands.push(...more);
  }
  if (phase === "running" && run.state.phase === "cancelling") upsertMemo({ phase: "cancelling" });
  return commands;
}

async function perform(
  { run, calls, timers }: Performing,
  commands: readonly RunCommand[],
): Promise<void> {
  const { state } = run;
  const { withCall, toWrite } = viewsOf(commands);
  for (const command of commands)
    switch (command.type) {
      case "dispatch_step":
      case "compensate_step":
        calls.begin(command, withCall);
        break;
      case "stop_dispatch":
        calls.stop(dispatchIdOf(state.manifest.runId, command.call));
        break;
      case "set_timer":
        timers.set(command);
        break;
      case "save_progress":
      case "finish":
    }
  if (state.phase !== "finished") timers.prune(state);
  if (toWrite) await write(state.manifest, toWrite);
}

/** Not while a run is cancelling: the new execution would not know of Temporal's own cancel, and could not end as cancelled. */
function isTimeToContinue({ state, inbox }: HostedRun, calls: Calls): boolean {
  if (!workflowInfo().continueAsNewSuggested) return false;
  return state.phase === "running" && calls.size === 0 && inbox.length === 0;
}

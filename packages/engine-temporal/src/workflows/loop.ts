import type { RunCommand, RunEvent, RunState } from "@loom/core/run";
import { dispatchIdOf } from "@loom/core/run";
import { condition, patched, upsertMemo, workflowInfo } from "@temporalio/workflow";
import type { CarriedRun, RunTiming } from "../protocol.ts";
import { bytesOf, createRoom, MOST_CARRIED_BYTES, type Room } from "../room.ts";
import { type Calls, createCalls } from "./calls.ts";
import { createTimers, type Timers } from "./timers.ts";
import { type Views, viewsOf } from "./views.ts";
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
  | { readonly type: "continued"; readonly carried: CarriedRun };

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
  const room = createRoom();
  let commands = first;
  for (;;) {
    const { toWrite } = perform({ run, calls, timers }, commands);
    if (isTimeToContinue(run, calls)) return { type: "continued", carried: carry(run, timers) };
    if (toWrite) await write(run.state.manifest, toWrite);
    if (run.state.phase === "finished") return { type: run.state.outcome ?? "completed" };
    await condition(() => run.inbox.length > 0 || calls.isOver);
    if (calls.isOver) return { type: "over" };
    commands = takeEvents(run, room);
  }
}

/** Gives the machine all events that wait; a cancel that it takes is shown to those who look at the execution. */
function takeEvents(run: HostedRun, room: Room): readonly RunCommand[] {
  const { phase } = run.state;
  const commands: RunCommand[] = [];
  for (let event = run.inbox.shift(); event; event = run.inbox.shift()) {
    const [state, more] = room.advance(run.state, event, isBounded);
    run.state = state;
    commands.push(...more);
  }
  if (phase === "running" && run.state.phase === "cancelling") upsertMemo({ phase: "cancelling" });
  return commands;
}

/** Does what takes no time. @returns the views, of which one may still have to be written */
function perform({ run, calls, timers }: Performing, commands: readonly RunCommand[]): Views {
  const { state } = run;
  const views = viewsOf(commands);
  for (const command of commands)
    switch (command.type) {
      case "dispatch_step":
      case "compensate_step":
        calls.begin(command, views.withCall);
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
  return views;
}

/** Histories that began before runs had a bound are replayed without one. */
function isBounded(): boolean {
  return patched("loom-room");
}

/** The view is written by the next execution: while this one waits, a signal may come, and the server refuses to continue. */
function carry({ state }: HostedRun, timers: Timers): CarriedRun {
  return { state, timers: timers.running };
}

/** Not while a run is cancelling: the new execution would not know of Temporal's own cancel, and could not end as cancelled. */
function isTimeToContinue({ state, inbox }: HostedRun, calls: Calls): boolean {
  if (!workflowInfo().continueAsNewSuggested) return false;
  const isIdle = state.phase === "running" && calls.size === 0 && inbox.length === 0;
  return isIdle && bytesOf(state) <= MOST_CARRIED_BYTES;
}

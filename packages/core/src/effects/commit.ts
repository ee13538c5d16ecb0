import type { CallName } from "../domain/run.ts";
import type { EpochMilliseconds } from "../domain/values.ts";
import type { OutboxEntry, RunCommit } from "../ports/run-store.ts";
import type { CompensateStep, DispatchStep, RunCommand, SetTimer } from "../run/command-types.ts";
import { dispatchIdOf, timerIdOf } from "../run/names.ts";
import { canTimeOut } from "../run/settle.ts";
import type { RunState } from "../run/state.ts";
import { finishChange } from "./finish.ts";

type Deferred = DispatchStep | CompensateStep | SetTimer;

/**
 * What a stored host commits for a step of the machine: the writes at once, calls and timers as outbox entries.
 *
 * @param remove ids of entries that the event itself is done with
 */
export function commitOf(
  before: RunState | undefined,
  expectedVersion: number,
  [state, commands]: readonly [RunState, readonly RunCommand[]],
  now: EpochMilliseconds,
  remove: readonly string[],
): RunCommit {
  const { manifest } = state;
  const { runId, attempt } = manifest;
  const view = commands.find((command) => command.type === "save_progress");
  const finish = commands.find((command) => command.type === "finish");
  return {
    runId,
    attempt,
    expectedVersion,
    state,
    ...(view && { progress: { attempt, sequence: view.sequence, progress: view.progress } }),
    ...(finish && { finish: finishChange(manifest, finish) }),
    add: commands.filter(isDeferred).map((command) => entryOf(runId, attempt, command, now)),
    remove: [...remove, ...obsoleteTimers(before, state)],
    postpone: [],
    hasten: commands
      .filter((command) => command.type === "stop_dispatch")
      .map(({ call }) => dispatchIdOf(runId, call)),
  };
}

function isDeferred(command: RunCommand): command is Deferred {
  return ["dispatch_step", "compensate_step", "set_timer"].includes(command.type);
}

function entryOf(
  runId: string,
  attempt: number,
  command: Deferred,
  now: EpochMilliseconds,
): OutboxEntry {
  const dueAt = command.type === "set_timer" ? command.dueAt : now;
  return { id: command.id, runId, attempt, command, dueAt, tries: 0 };
}

/** Timers of calls that were current and can no longer time out. */
function obsoleteTimers(before: RunState | undefined, after: RunState): string[] {
  if (!before) return [];
  const { runId, attempt } = before.manifest;
  return [before.steps, before.compensations].flatMap((records) => {
    const last = records.at(-1);
    if (!last) return [];
    const { kind, step, number } = last;
    const call: CallName = { attempt, kind, step, number };
    return canTimeOut(after, call) ? [] : [timerIdOf(runId, call)];
  });
}

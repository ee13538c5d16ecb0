import type { OutboxEntry, Position, RunCommit, RunProgress, RunRecord } from "@loom/core";
import { parseRunId } from "@loom/core";
import type { World } from "./world.ts";

/** An outbox entry, and when it was added for which candidate. */
export interface LoggedEntry extends OutboxEntry {
  readonly addedAt: number;
  readonly candidateId: string;
}

/** Every view of every attempt, and everything that was ever to be performed. */
export interface RunLog {
  /** The last view of an attempt. */
  readonly viewOf: (candidateId: string, attempt: number) => RunProgress | undefined;
  /** Outbox entries ever added, by id. */
  readonly entries: ReadonlyMap<string, LoggedEntry>;
  /** Notes a commit that was answered as done, with the run as it then stands. */
  see(commit: RunCommit, position: Position, run: RunRecord | null): void;
}

export function createRunLog({ trace, timeline }: World): RunLog {
  const views = new Map<string, RunProgress>();
  const entries = new Map<string, LoggedEntry>();
  const live = new Map<string, number>();
  const inFlight = new Map<string, string>();

  const begin = ({ runId, attempt }: RunCommit, position: Position) => {
    const other = live.get(runId);
    if (other !== undefined) trace.violate(`${runId} lives twice: ${other} and ${attempt}`);
    if (position.attempt !== attempt)
      trace.violate(`attempt ${attempt} of ${runId} was begun and is not current`);
    live.set(runId, attempt);
  };

  const show = (candidateId: string, { attempt, progress }: RunRecord) => {
    const before = stepOf(views.get(keyOf(candidateId, attempt)));
    if (progress) views.set(keyOf(candidateId, attempt), progress);
    const after = stepOf(progress);
    if (after !== before) trace.note(`${candidateId} ${attempt} is at ${after}`);
  };

  const settle = ({ runId, remove, finish }: RunCommit) => {
    const call = inFlight.get(runId);
    if (finish || (call !== undefined && remove.includes(call))) inFlight.delete(runId);
  };

  const add = (entry: OutboxEntry, candidateId: string) => {
    const { id, runId, command } = entry;
    if (entries.has(id)) trace.violate(`${id} was added twice`);
    entries.set(id, { ...entry, addedAt: timeline.now(), candidateId });
    if (command.type === "set_timer") return;
    const other = inFlight.get(runId);
    if (other !== undefined) trace.violate(`${id} was added while ${other} is in flight`);
    inFlight.set(runId, id);
  };

  return {
    viewOf: (candidateId, attempt) => views.get(keyOf(candidateId, attempt)),
    entries,
    see(commit, position, run) {
      const { runId, attempt, expectedVersion, finish } = commit;
      const candidateId = parseRunId(runId)?.candidateId ?? "";
      if (expectedVersion === 0) begin(commit, position);
      if (run?.attempt === attempt) show(candidateId, run);
      settle(commit);
      for (const entry of commit.add) add(entry, candidateId);
      if (finish) live.delete(runId);
    },
  };
}

function keyOf(candidateId: string, attempt: number): string {
  return `${candidateId} ${attempt}`;
}

/** The step that a run is at, in words. */
function stepOf(progress: RunProgress | undefined): string {
  const undo = progress?.compensations.at(-1);
  const state = undo ?? progress?.steps.at(-1);
  if (!state) return "no step";
  const { stepName, stepAttempt, status, error } = state;
  const why = error === undefined ? "" : `: ${error}`;
  return `${undo ? "undo " : ""}${stepName} ${stepAttempt}, ${status}${why}`;
}

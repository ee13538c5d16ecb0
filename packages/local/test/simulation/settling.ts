import type { RunProgress } from "@loom/core";
import { runIdOf } from "@loom/core";
import { dispatchIdOf, isTerminal } from "@loom/core/run";
import type { Simulation } from "./simulation.ts";
import { MIGRATION } from "./world.ts";

/** Longer than every lease, look, recovery, time limit and piece of work, one after another. */
const SETTLING_MS = 400_000;
const ROUND_MS = 12_000;
const ROUNDS = 30;

/** Lets the faults end, and the clock go on: nothing may be stuck, and everything can be led to its end. */
export async function settle(simulation: Simulation, isBroken: () => boolean): Promise<void> {
  const { world, processes, migrators, operators, candidates, ledger } = simulation;
  const { timeline, faults, trace } = world;
  trace.note("the faults end");
  faults.stop();
  if (processes.serving().length === 0) processes.begin();
  await timeline.runFor(SETTLING_MS, isBroken);
  if (isBroken()) return;
  for (const candidateId of candidates) judge(simulation, candidateId);

  migrators.cooperate();
  void operators.announce();
  await timeline.runFor(ROUND_MS, isBroken);
  void operators.discoverAll();
  for (let round = 0; round < ROUNDS && !isBroken(); round++) {
    const left = candidates.filter((candidateId) => leadOn(simulation, candidateId));
    if (left.length === 0) break;
    await timeline.runFor(ROUND_MS, isBroken);
  }
  for (const candidateId of candidates)
    if (ledger.positionOf(candidateId).status !== "completed")
      trace.violate(`${candidateId} cannot be led to its end`);
  await closeAll(simulation, isBroken);
}

/** A run may wait for a person, or for a migrator that has more to say and no time limit; for nothing else. */
function judge(simulation: Simulation, candidateId: string): void {
  const { world, ledger } = simulation;
  const { status, attempt } = ledger.positionOf(candidateId);
  const current = currentOf(ledger.viewOf(candidateId, attempt));
  if (status !== "running" || current?.state.status === "failed") return;
  const { stepName: step = "", stepAttempt: number = 0 } = current?.state ?? {};
  const call = { attempt, kind: current?.kind ?? "do", step, number };
  if (!isWithMigrator(simulation, dispatchIdOf(runIdOf(MIGRATION, candidateId), call)))
    world.trace.violate(`${candidateId} is stuck at ${JSON.stringify(call)}`);
}

/** Whether a migrator has the work, has not said how it ended, and may take all the time it likes. */
function isWithMigrator({ migrators, ledger }: Simulation, dispatchId: string): boolean {
  const job = migrators.jobOf(dispatchId);
  const command = ledger.entries.get(dispatchId)?.command;
  if (!job || !command || command.type === "set_timer") return false;
  const hasSaid = job.reports.some(({ status }) => isTerminal(status));
  return !hasSaid && command.step.timeoutSeconds === undefined;
}

function currentOf(view: RunProgress | undefined) {
  const undo = view?.compensations.at(-1);
  if (undo) return { kind: "undo", state: undo } as const;
  const state = view?.steps.at(-1);
  return state && ({ kind: "do", state } as const);
}

/** Does what a person would do for a candidate. @returns whether it is not completed yet */
function leadOn({ operators, ledger }: Simulation, candidateId: string): boolean {
  const { status, attempt } = ledger.positionOf(candidateId);
  const state = currentOf(ledger.viewOf(candidateId, attempt))?.state.status;
  if (status === "not_started") void operators.start(candidateId);
  else if (status === "queued") void operators.execute(candidateId);
  else if (state === "failed") void operators.retry(candidateId);
  else void operators.approve(candidateId);
  return status !== "completed";
}

async function closeAll({ world, processes }: Simulation, isBroken: () => boolean): Promise<void> {
  const closing = processes.serving().map((process) => processes.close(process));
  await world.timeline.runFor(60_000, isBroken);
  if (processes.serving().length > 0 || closing.length === 0)
    world.trace.violate("nothing was there to close");
  let isClosed = false;
  void Promise.all(closing).then(() => (isClosed = true));
  await world.timeline.runFor(1, isBroken);
  if (!isClosed) world.trace.violate("a Loom does not close");
}

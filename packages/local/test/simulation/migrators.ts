import type { Migrators, ReportResult, StepStatus } from "@loom/core";
import { ask } from "./ask.ts";
import { createCalls } from "./calls.ts";
import type { CallRequest, Job, Report } from "./jobs.ts";
import type { Ledger } from "./ledger.ts";
import { createReportLaws } from "./report-laws.ts";
import type { LoomProcess, Machine, World } from "./world.ts";

/** The migrators of a simulation. They are asked at least once, work once, and report at least once. */
export interface MigratorWorld {
  linkFor(machine: Machine): Migrators;
  /** The work asked for under a dispatch id. */
  jobOf(dispatchId: string): Job | undefined;
  jobs(): readonly Job[];
  /** Sends a report about a piece of work, again or for the first time. */
  tell(job: Job, report: Report): Promise<void>;
  /** Somebody is about to say in a migrator's place that a step is completed. */
  approving(candidateId: string, stepName: string): void;
  /** From now on new work is done at once. */
  cooperate(): void;
  /** What must hold of all that was reported. */
  check(): void;
}

export function createMigratorWorld(
  world: World,
  ledger: Ledger,
  serving: () => readonly LoomProcess[],
): MigratorWorld {
  const { timeline, trace } = world;
  const jobs = new Map<string, Job>();
  const laws = createReportLaws(world, ledger);
  let isCooperative = false;

  const send = async (job: Job, report: Report): Promise<boolean> => {
    if (serving().length === 0) return false;
    const process = world.random.pick(serving());
    const { callbackId } = job.request;
    const told = laws.begin(job, report);
    const learnt = await ask(world, process, "reportStep", () =>
      process.loom.reportStep(callbackId, eventOf(job, report)).then((answer) => {
        trace.note(`${process.name} ${report.id} ${report.status}: ${wordsOf(answer)}`);
        told(answer);
        return answer;
      }),
    );
    if (learnt.type === "failed" && !learnt.error.retryable)
      trace.violate(`a report of ${report.id} failed with ${learnt.error.code}`);
    return learnt.type === "answered";
  };

  const tell = async (job: Job, report: Report): Promise<void> => {
    while (!(await send(job, report))) await timeline.sleep(world.random.between(500, 5_000));
  };

  const receive = (request: CallRequest) => {
    if (jobs.has(request.dispatchId)) return;
    const statuses: StepStatus[] = isCooperative ? ["completed"] : scriptOf(world);
    const reports = statuses.map((status, n) => ({ id: `${request.dispatchId}#${n}`, status }));
    const job = { request, reports };
    jobs.set(request.dispatchId, job);
    for (const report of reports) {
      const pause = isCooperative ? 100 : pauseBefore(world);
      timeline.after(pause, () => void tell(job, report));
      if (!isCooperative && world.random.chance(0.25))
        timeline.after(pause + pauseBefore(world), () => void tell(job, report));
    }
  };

  return {
    linkFor: createCalls(world, ledger, { isKnown: (id) => jobs.has(id), receive }),
    jobOf: (dispatchId) => jobs.get(dispatchId),
    jobs: () => [...jobs.values()],
    tell,
    cooperate() {
      isCooperative = true;
    },
    approving: laws.approving,
    check: laws.check,
  };
}

/** Every report carries a mark of its own, by which its effect is found. */
function eventOf({ request }: Job, { id, status }: Report) {
  const { stepName, candidate } = request;
  const about = { stepName, candidateId: candidate.id, eventId: id, metadata: { [id]: status } };
  return status === "failed"
    ? { ...about, success: false, error: `no: ${id}` }
    : { ...about, success: true, phase: status };
}

function wordsOf(answer: ReportResult): string {
  return answer.status === "ignored" ? `ignored, ${answer.reason}` : answer.status;
}

const ENDS: Readonly<Record<string, readonly StepStatus[]>> = {
  completed: ["completed"],
  merged: ["merged"],
  failed: ["failed"],
  silent: [],
  contradicting: ["failed", "completed"],
};

function scriptOf({ random }: World): StepStatus[] {
  const before = (["in_progress", "open", "awaiting_review"] as const).filter(() =>
    random.chance(0.25),
  );
  const end = random.weighted({
    completed: 50,
    merged: 12,
    failed: 20,
    silent: 12,
    contradicting: 6,
  });
  const script = [...before, ...(ENDS[end] ?? [])];
  return random.chance(0.15) ? script.toReversed() : script;
}

function pauseBefore({ random }: World): number {
  return random.chance(0.3) ? 0 : random.between(0, 12_000);
}

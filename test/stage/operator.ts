import { setTimeout as pause } from "node:timers/promises";
import type {
  CandidatePage,
  CandidateWithStatus,
  DryRunResult,
  MigrationDetail,
  ReportResult,
  RunDetail,
} from "@loom/core";
import type { Person } from "./person.ts";

const POLL_MS = 100;
const PATIENCE_MS = 90_000;

/** What an operator of a migration does by HTTP. */
export interface Operator {
  migration(): Promise<MigrationDetail>;
  candidates(): Promise<readonly CandidateWithStatus[]>;
  steps(id: string): Promise<RunDetail>;
  preview(id: string, inputs: Inputs): Promise<DryRunResult>;
  start(id: string, inputs: Inputs): Promise<void>;
  retry(id: string, stepName: string): Promise<void>;
  cancel(id: string, reason: string): Promise<void>;
  /** Says that the review of a candidate went well. */
  approve(id: string): Promise<void>;
  /** Looks at all candidates until they are as wanted. @throws Error that says what was waited for */
  until(what: string, holds: (all: readonly CandidateWithStatus[]) => boolean): Promise<void>;
}

type Inputs = Readonly<Record<string, string>>;

/** @param reviewed the step that stands for somebody's review; Loom is below `/loom` */
export function createOperator(person: Person, migrationId: string, reviewed: string): Operator {
  const migration = `/loom/migrations/${migrationId}`;
  const candidate = (id: string) => `${migration}/candidates/${encodeURIComponent(id)}`;
  const candidates = async () =>
    (await person.get<CandidatePage>(`${migration}/candidates`)).candidates;
  return {
    migration: () => person.get(migration),
    candidates,
    steps: (id) => person.get(`${candidate(id)}/steps`),
    preview: (id, inputs) => person.send("POST", `${candidate(id)}/dry-run`, { inputs }),
    start: (id, inputs) => person.send("POST", `${candidate(id)}/start`, { inputs }),
    retry: (id, stepName) => person.send("POST", `${candidate(id)}/retry-step`, { stepName }),
    cancel: (id, reason) =>
      person.send("POST", `${candidate(id)}/cancel`, { reason, compensate: true }),
    async approve(id) {
      const path = `/loom/event/${migrationId}__${encodeURIComponent(id)}`;
      const report = { stepName: reviewed, candidateId: id, success: true };
      const result = await person.send<ReportResult>("POST", path, report);
      if (result.status !== "accepted") throw new Error(`${id}: ${JSON.stringify(result)}`);
    },
    async until(what, holds) {
      for (const end = Date.now() + PATIENCE_MS; ; ) {
        const all = await candidates();
        if (holds(all)) return;
        if (Date.now() > end) throw new Error(`${what}: not yet, but ${JSON.stringify(all)}`);
        await pause(POLL_MS);
      }
    },
  };
}

/** Whether a candidate stands at a step, such as `review awaiting_review`. */
export function isAt({ currentStep }: CandidateWithStatus, where: string): boolean {
  return `${currentStep?.stepName} ${currentStep?.status}` === where;
}

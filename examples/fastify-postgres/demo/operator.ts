import { setTimeout as pause } from "node:timers/promises";
import type {
  CandidatePage,
  CandidateWithStatus,
  DryRunResult,
  MigrationDetail,
  ReportResult,
  RunDetail,
} from "@loom/core";
import type { Change } from "../service/catalogue/changes.ts";
import type { Person } from "./person.ts";

const LOOM = "/loom/migrations/node-upgrade";
const POLL_MS = 100;
const PATIENCE_MS = 90_000;

/** What an operator, and the teams, do by HTTP during the migration. */
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
  changes(): Promise<readonly Change[]>;
  /** Merges the open changes of these services, as their teams do. @returns how many there were */
  merge(services: readonly string[]): Promise<number>;
  /** Looks at all candidates until they are as wanted. @throws Error that says what was waited for */
  until(what: string, holds: (all: readonly CandidateWithStatus[]) => boolean): Promise<void>;
}

type Inputs = Readonly<Record<string, string>>;

export function createOperator(person: Person): Operator {
  const candidate = (id: string) => `${LOOM}/candidates/${encodeURIComponent(id)}`;
  const changes = async () => (await person.get<{ changes: Change[] }>("/changes")).changes;
  const candidates = async () => (await person.get<CandidatePage>(`${LOOM}/candidates`)).candidates;
  return {
    migration: () => person.get(LOOM),
    candidates,
    steps: (id) => person.get(`${candidate(id)}/steps`),
    preview: (id, inputs) => person.send("POST", `${candidate(id)}/dry-run`, { inputs }),
    start: (id, inputs) => person.send("POST", `${candidate(id)}/start`, { inputs }),
    retry: (id, stepName) => person.send("POST", `${candidate(id)}/retry-step`, { stepName }),
    cancel: (id, reason) =>
      person.send("POST", `${candidate(id)}/cancel`, { reason, compensate: true }),
    async approve(id) {
      const path = `/loom/event/node-upgrade__${encodeURIComponent(id)}`;
      const report = { stepName: "review", candidateId: id, success: true };
      const result = await person.send<ReportResult>("POST", path, report);
      if (result.status !== "accepted") throw new Error(`${id}: ${JSON.stringify(result)}`);
    },
    changes,
    async merge(services) {
      const open = (await changes()).filter(
        ({ state, service }) => state === "open" && services.includes(service),
      );
      for (const { id } of open) await person.send("POST", `/changes/${id}/merge`);
      return open.length;
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

import type {
  CancelOptions,
  CandidatePage,
  CandidateWithStatus,
  DryRunResult,
  LoomErrorCode,
  MigrationDetail,
  MigrationWithCounts,
  RetryOptions,
  RunDetail,
  RunRef,
  StartOptions,
  StepCompletedEvent,
} from "@loom/core";

/** The migration that this example is about. */
export const MIGRATION_ID = "app-chart-migration";

/** What an operator does with Loom, over HTTP, as a console would. */
export interface Operator {
  migrations(): Promise<readonly MigrationWithCounts[]>;
  migration(): Promise<MigrationDetail>;
  candidates(): Promise<readonly CandidateWithStatus[]>;
  run(candidateId: string): Promise<RunDetail>;
  dryRun(candidateId: string, options: StartOptions): Promise<DryRunResult>;
  start(candidateId: string, options: StartOptions): Promise<RunRef>;
  cancel(candidateId: string, options: CancelOptions): Promise<void>;
  retry(candidateId: string, options: RetryOptions): Promise<void>;
  /** Reports a step by plain run id, such as the approval of a review. */
  report(runId: string, event: StepCompletedEvent): Promise<void>;
}

/** Loom said no. */
export class Refusal extends Error {
  readonly code: LoomErrorCode;
  constructor(problem: { readonly code: LoomErrorCode; readonly detail: string }) {
    super(`${problem.code}: ${problem.detail}`);
    this.code = problem.code;
  }
}

/**
 * Makes an operator of the migration.
 * @throws Refusal from each of its methods, when Loom answers with a problem
 */
export function createOperator(loom: { readonly url: string; readonly token: string }): Operator {
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(loom.url + path, {
      method,
      headers: { authorization: `Bearer ${loom.token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const answer: unknown = text === "" ? undefined : JSON.parse(text);
    if (!response.ok) throw new Refusal(answer as ConstructorParameters<typeof Refusal>[0]);
    return answer as T;
  };
  const migration = `/migrations/${MIGRATION_ID}`;
  const candidate = (id: string) => `${migration}/candidates/${encodeURIComponent(id)}`;
  return {
    migrations: async () =>
      (await call<{ migrations: MigrationWithCounts[] }>("GET", "/migrations")).migrations,
    migration: async () => await call("GET", migration),
    candidates: async () =>
      (await call<CandidatePage>("GET", `${migration}/candidates?limit=500`)).candidates,
    run: async (id) => await call("GET", `${candidate(id)}/steps`),
    dryRun: async (id, options) => await call("POST", `${candidate(id)}/dry-run`, options),
    start: async (id, options) => await call("POST", `${candidate(id)}/start`, options),
    cancel: async (id, options) => await call("POST", `${candidate(id)}/cancel`, options),
    retry: async (id, options) => await call("POST", `${candidate(id)}/retry-step`, options),
    report: async (runId, event) =>
      await call("POST", `/event/${encodeURIComponent(runId)}`, event),
  };
}

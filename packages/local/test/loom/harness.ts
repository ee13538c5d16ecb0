import type {
  Actor,
  CallOutcome,
  Candidate,
  CompensateStepRequest,
  DispatchStepRequest,
  DryRunResult,
  ExecutionEngine,
  Loom,
  MigrationAnnouncement,
  Migrators,
  ReportResult,
  StepCompletedEvent,
  Store,
} from "@loom/core";
import { createLoom, LoomError } from "@loom/core";
import { createLocalEngine, createMemoryStore } from "../../src/index.ts";

export const MIGRATION = "chart-upgrade";
export const operator: Actor = { id: "ada@example.org", name: "Ada" };
const migrator: Actor = { id: "charts" };

export const plan: MigrationAnnouncement = {
  id: MIGRATION,
  name: "Upgrade the chart",
  migratorApp: "charts",
  migratorUrl: "http://127.0.0.1:9/charts",
  steps: [{ name: "bump", compensable: true }, { name: "approve" }],
  requiredInputs: [{ name: "version", label: "Version" }],
};

/** A call as the scripted migrator got it. */
export type Received = (DispatchStepRequest | CompensateStepRequest) & {
  readonly kind: "do" | "undo";
};

/** A migrator that notes what it gets and answers as told; every answer may be held back. */
function scriptedMigrators() {
  const received: Received[] = [];
  const waiting: (() => void)[] = [];
  let answer: (request: Received) => CallOutcome | Promise<CallOutcome> = () => ({
    type: "accepted",
  });
  const take = async (request: Received): Promise<CallOutcome> => {
    received.push(request);
    for (const wake of waiting.splice(0)) wake();
    return answer(request);
  };
  const migrators: { -readonly [K in keyof Migrators]: Migrators[K] } = {
    dispatchStep: (_, request) => take({ ...request, kind: "do" }),
    compensateStep: (_, request) => take({ ...request, kind: "undo" }),
    dryRun: async (to, { candidate, steps }): Promise<DryRunResult> => ({
      steps: steps.map(({ name }) => ({
        stepName: name,
        skipped: false,
        files: [{ path: `${to.app}/${name}`, repo: candidate.id, after: "new", status: "new" }],
      })),
    }),
  };
  return {
    migrators,
    received,
    answerWith: (next: typeof answer) => {
      answer = next;
    },
    /** Resolves with the n-th call, counted from 1. */
    call: async (n: number): Promise<Received> => {
      for (;;) {
        const found = received[n - 1];
        if (found) return found;
        await new Promise<void>((wake) => waiting.push(wake));
      }
    },
  };
}

/** A Loom in this process with a scripted migrator, open, with the plan announced and the candidates listed. */
export async function openLoom(
  candidates: readonly Candidate[] = [{ id: "billing" }],
  parts: { store?: Store; engine?: ExecutionEngine; announcement?: MigrationAnnouncement } = {},
) {
  const script = scriptedMigrators();
  const store = parts.store ?? createMemoryStore();
  const engine = parts.engine ?? createLocalEngine({ pollMs: 20 });
  const loom = createLoom({
    store,
    engine,
    migrators: script.migrators,
    secrets: ["a secret for the tests of loom"],
    publicUrl: "https://platform.example/loom/",
    logger: silent,
  });
  await loom.open();
  await loom.announce(parts.announcement ?? plan, migrator);
  if (candidates.length > 0) await loom.submitCandidates(MIGRATION, { candidates }, migrator);
  return { loom, store, engine, ...script };
}

const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** A report about a received call, as its migrator would send it. */
export function report(
  loom: Loom,
  { callbackId, stepName, candidate }: Received,
  event: Partial<StepCompletedEvent> = {},
): Promise<ReportResult> {
  const base = { stepName, candidateId: candidate.id, success: true };
  return loom.reportStep(callbackId, { ...base, ...event });
}

/** Waits, in turns of the event loop, until something holds: for what follows an answer, never for speed. */
export async function until<T>(find: () => Promise<T | undefined | false>): Promise<T> {
  for (;;) {
    const found = await find();
    if (found) return found;
    await new Promise((resume) => setTimeout(resume, 2));
  }
}

/** Waits until a candidate has a status. */
export function untilStatus(loom: Loom, candidateId: string, status: string) {
  return until(async () => {
    const candidate = await loom.getCandidate({ migrationId: MIGRATION, candidateId });
    return candidate.status === status && candidate;
  });
}

export const billing = { migrationId: MIGRATION, candidateId: "billing" };
export const inputs = { version: "2.0.0" };

/** `ok`, or the code that it was refused with. */
export const outcome = (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => "ok",
    (error: unknown) => (LoomError.is(error) ? error.code : String(error)),
  );

/** An engine that cannot be given runs until it is told that it can. */
export function engineThatIsDown() {
  const engine = createLocalEngine({ pollMs: 20 });
  let isDown = true;
  const flaky: ExecutionEngine = {
    ...engine,
    startRun: async (manifest) => {
      if (isDown) throw new Error("connection refused");
      await engine.startRun(manifest);
    },
    getRun: async (runId, attempt) => {
      if (isDown) throw new LoomError("engine_unavailable", "The engine is down.");
      return engine.getRun(runId, attempt);
    },
  };
  return {
    engine: flaky,
    comesUp: () => {
      isDown = false;
    },
  };
}

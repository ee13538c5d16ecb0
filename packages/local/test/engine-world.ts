import type {
  CallOutcome,
  EngineHost,
  ExecutionEngine,
  LogFields,
  MigrationManifest,
  StepDefinition,
  Store,
} from "@loom/core";
import { runIdOf } from "@loom/core";
import type { RunEvent, StepReported } from "@loom/core/run";
import { createVirtualClock, type VirtualClock } from "@loom/testing";
import { createLocalEngine, createMemoryStore, type LocalEngineOptions } from "../src/index.ts";

/** A call that the engine made, and when, in milliseconds from the start. */
export interface Call {
  readonly dispatchId: string;
  readonly candidateId: string;
  readonly step: string;
  readonly at: number;
}

/** Engines over one memory store in virtual time, with a scripted migrator. */
export interface World {
  readonly clock: VirtualClock;
  readonly store: Store;
  readonly calls: readonly Call[];
  /** The messages logged. */
  readonly log: readonly string[];
  /** Says how calls are answered from now on. Until then they are accepted. */
  answer(script: (call: Call) => CallOutcome | Promise<CallOutcome>): void;
  /** Opens a further engine, over the store changed in parts. */
  open(options?: LocalEngineOptions, faults?: Partial<Store>): Promise<ExecutionEngine>;
  claim(candidateId: string, steps: readonly StepDefinition[]): Promise<MigrationManifest>;
  /** Announces a further migrator, for steps that name it. */
  announce(app: string): Promise<void>;
}

export const DOWN: CallOutcome = { type: "unavailable", error: "down" };
export const ACCEPTED: CallOutcome = { type: "accepted" };
const MIGRATION = "charts";

export async function createWorld(): Promise<World> {
  const clock = createVirtualClock();
  const start = clock.now();
  const store = createMemoryStore();
  const calls: Call[] = [];
  const log: string[] = [];
  let script: (call: Call) => CallOutcome | Promise<CallOutcome> = () => ACCEPTED;
  const deliver: EngineHost["deliver"] = async ({ candidate }, { id, step }) => {
    const at = clock.now() - start;
    const call = { dispatchId: id, candidateId: candidate.id, step: step.name, at };
    calls.push(call);
    return script(call);
  };
  await register(store, MIGRATION);
  return {
    clock,
    store,
    calls,
    log,
    answer(next) {
      script = next;
    },
    async open(options = {}, faults = {}) {
      const engine = createLocalEngine({ random: () => 0, ...options });
      const note = (_: LogFields, message: string) => log.push(message);
      const logger = { debug: note, info: note, warn: note, error: note };
      const host = { store: { ...store, ...faults }, clock, logger, deliver };
      engine.connect({ ...host, write: () => Promise.reject(new Error("no loop host")) });
      await engine.open();
      return engine;
    },
    claim: (candidateId, steps) => claim(store, candidateId, steps),
    announce: (app) => register(store, app),
  };
}

const AT = "2030-01-01T00:00:00.000Z";
const actor = { id: "ada" };

async function register(store: Store, app: string): Promise<void> {
  const migration = {
    id: app,
    name: app,
    steps: [],
    requiredInputs: [],
    migratorApp: app,
    migratorUrl: `http://${app}`,
    createdAt: AT,
    updatedAt: AT,
  };
  await store.register({ migration, owner: "o", history: { at: AT, actor, action: "announce" } });
}

async function claim(
  store: Store,
  candidateId: string,
  steps: readonly StepDefinition[],
): Promise<MigrationManifest> {
  const candidate = { id: candidateId };
  const ref = { migrationId: MIGRATION, candidateId };
  const discovery = { id: candidateId, complete: false };
  const discover = { at: AT, actor, action: "discover" } as const;
  await store.mergeCandidates({
    ...ref,
    candidates: [candidate],
    discovery,
    at: AT,
    history: discover,
  });
  const manifest = {
    migrationId: MIGRATION,
    runId: runIdOf(MIGRATION, candidateId),
    attempt: 1,
    candidate,
    steps,
  };
  await store.changeStatus({
    ...ref,
    token: crypto.randomUUID(),
    from: { status: "not_started", attempt: 0 },
    to: { status: "running", attempt: 1 },
    at: AT,
    claim: manifest,
    history: { at: AT, actor, action: "start" },
  });
  return manifest;
}

/** A report on a call of the first attempt. */
export function reported(step: string, status: StepReported["status"], number = 1): RunEvent {
  const call = { attempt: 1, kind: "do", step, number } as const;
  return { type: "step_reported", call, status, at: AT };
}

/** A wish to try a failed call of the first attempt again. */
export function retried(step: string, number: number): RunEvent {
  const call = { attempt: 1, kind: "do", step, number } as const;
  return { type: "retry_requested", call, at: AT };
}

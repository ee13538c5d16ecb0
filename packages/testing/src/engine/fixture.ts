import type {
  CandidateRecord,
  ExecutionEngine,
  MigrationManifest,
  RunRecord,
  StepDefinition,
  Store,
  StringMap,
} from "@loom/core";
import type { Runner } from "../runner.ts";
import { changeOf, historyOf, manifestOf, migrationOf, unique } from "../store/builders.ts";
import { createScriptedMigrator, type ScriptedMigrator } from "./migrator.ts";
import { type MortalEngine, type Process, startProcess } from "./process.ts";

/** An engine under test. */
export interface EngineSetup {
  /** A store of any kind, for this test alone. */
  readonly store: Store;
  /** A new engine on that store, not connected yet. Called once for each process that a test plays. */
  readonly createEngine: () => MortalEngine;
  /** Called at the end of each test, when all engines are closed. */
  readonly teardown: () => Promise<void>;
}

/** Where engines truly differ. A difference is stated with its reason, and shown in the titles of the tests. */
export interface EngineCapabilities {
  /** Whether `raiseEvent` answers exactly, or `accepted` to whatever it takes for a run that it knows. */
  readonly answers?: "exact" | { readonly reason: string };
  /** Whether a run goes on in another process over the same store when its process died. */
  readonly takeover?: "supported" | { readonly reason: string };
}

/** What an author of an engine gives to its suite. */
export interface EngineSuiteOptions {
  /** Sets up for one test. Leases, polls and pauses of the engine should be well below {@link patienceMs}. */
  readonly setup: () => Promise<EngineSetup>;
  /** How long a test waits for what must happen, in milliseconds. 4 000 when absent; the runner must allow more. */
  readonly patienceMs?: number;
  readonly capabilities?: EngineCapabilities;
}

/** Processes over one store, with one registered migration and a scripted migrator. */
export interface EngineFixture {
  readonly store: Store;
  /** The engine of the first process, open. */
  readonly engine: ExecutionEngine;
  readonly first: Process;
  readonly migrator: ScriptedMigrator;
  /** Starts a further process; its engine is connected and not open. */
  readonly startProcess: () => Process;
  /** Claims the next attempt of a candidate, as `start` does, without telling an engine. */
  readonly claim: (
    candidateId: string,
    steps: readonly StepDefinition[],
    inputs?: StringMap,
  ) => Promise<MigrationManifest>;
  /** Claims and starts on the first engine. */
  readonly start: EngineFixture["claim"];
  readonly record: (manifest: MigrationManifest) => Promise<CandidateRecord | null>;
  readonly run: (manifest: MigrationManifest) => Promise<RunRecord | null>;
  /** The names of the calls made for a run, in order. */
  readonly calls: (manifest: MigrationManifest) => readonly string[];
  /** How often the attempts of a candidate have ended. */
  readonly finishes: (manifest: MigrationManifest) => Promise<number>;
  /** Waits until something holds. */
  readonly until: (what: string, holds: () => boolean | Promise<boolean>) => Promise<void>;
  /** Waits until these calls, and no others, have been made for a run. */
  readonly untilCalls: (manifest: MigrationManifest, ...names: readonly string[]) => Promise<void>;
  /** Waits until the current step of a run shows this status. */
  readonly untilStep: (manifest: MigrationManifest, status: string) => Promise<void>;
  /** Waits until the candidate has left `running`. */
  readonly untilOver: (manifest: MigrationManifest) => Promise<CandidateRecord>;
}

/** Declares a test of an engine, with a store and processes of its own. */
export type EngineTest = (title: string, body: (fixture: EngineFixture) => Promise<void>) => void;

export function engineTestOf({ test }: Runner, options: EngineSuiteOptions): EngineTest {
  return (title, body) =>
    test(title, async () => {
      const setup = await options.setup();
      const processes: Process[] = [];
      const fixture = await fixtureOf(setup, processes, options.patienceMs ?? 4_000);
      try {
        await fixture.engine.open();
        await body(fixture);
      } finally {
        await Promise.all(processes.map((each) => each.close()));
        await setup.teardown();
      }
    });
}

async function fixtureOf(
  { store, createEngine }: EngineSetup,
  processes: Process[],
  patienceMs: number,
): Promise<EngineFixture> {
  const migrationId = `m-${unique()}`;
  const migrator = createScriptedMigrator();
  const history = historyOf("announce");
  await store.register({ migration: migrationOf(migrationId), owner: "owner", history });
  const startAnother = () => {
    const started = startProcess(createEngine(), store, migrator.deliver);
    processes.push(started);
    return started;
  };
  const first = startAnother();
  const until = waiting(patienceMs);
  const record: EngineFixture["record"] = ({ candidate }) =>
    store.getCandidate({ migrationId, candidateId: candidate.id });
  const run: EngineFixture["run"] = ({ candidate }) =>
    store.getRun({ migrationId, candidateId: candidate.id });
  const calls = ({ runId }: MigrationManifest) =>
    migrator.calls.filter(({ manifest }) => manifest.runId === runId).map(({ name }) => name);
  const claim: EngineFixture["claim"] = (candidateId, steps, inputs) =>
    claimIn(store, migrationId, candidateId, steps, inputs);

  return {
    store,
    engine: first.engine,
    first,
    migrator,
    startProcess: startAnother,
    claim,
    async start(...given) {
      const manifest = await claim(...given);
      await first.engine.startRun(manifest);
      return manifest;
    },
    record,
    run,
    calls,
    until,
    async finishes({ candidate }) {
      const { items } = await store.listHistory(migrationId, { limit: 500 });
      const ends = items.filter(({ action }) => action === "complete" || action === "close");
      return ends.filter(({ candidateId }) => candidateId === candidate.id).length;
    },
    async untilCalls(manifest, ...names) {
      await until(`calls ${names.join(", ")}`, () => calls(manifest).length >= names.length);
      if (String(calls(manifest)) !== String(names))
        throw new Error(
          `expected the calls ${names.join(", ")}, found ${calls(manifest).join(", ")}`,
        );
    },
    untilStep: (manifest, status) =>
      until(`a step ${status}`, async () => (await run(manifest))?.currentStep?.status === status),
    async untilOver(manifest) {
      await until("the end of a run", async () => (await record(manifest))?.status !== "running");
      const over = await record(manifest);
      if (!over) throw new Error("the candidate is gone");
      return over;
    },
  };
}

async function claimIn(
  store: Store,
  migrationId: string,
  candidateId: string,
  steps: readonly StepDefinition[],
  inputs: StringMap = {},
): Promise<MigrationManifest> {
  const discovery = { id: unique(), complete: false };
  const history = historyOf("discover");
  const candidates = [{ id: candidateId }];
  await store.mergeCandidates({ migrationId, candidates, discovery, at: history.at, history });
  const found = await store.getCandidate({ migrationId, candidateId });
  const from = { status: found?.status ?? "not_started", attempt: found?.attempt ?? 0 };
  const to = { status: "running", attempt: from.attempt + 1 } as const;
  const claim = { ...manifestOf(migrationId, candidateId, to.attempt, steps), inputs };
  const change = changeOf(migrationId, candidateId, [from, to], { claim });
  const { applied } = await store.changeStatus(change);
  if (!applied) throw new Error(`${candidateId} could not be claimed from ${from.status}`);
  return claim;
}

function waiting(patienceMs: number): EngineFixture["until"] {
  return async (what, holds) => {
    const end = Date.now() + patienceMs;
    while (!(await holds())) {
      if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
      await new Promise((resume) => setTimeout(resume, 5));
    }
  };
}

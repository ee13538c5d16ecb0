import { randomUUID } from "node:crypto";
import type {
  CandidateWithStatus,
  Loom,
  ReportResult,
  StepCompletedEvent,
  StepDefinition,
  Store,
} from "@loom/core";
import { createLoom, LoomError } from "@loom/core";
import {
  createTemporalEngine,
  type TemporalEngine,
  type TemporalEngineOptions,
} from "@loom/engine-temporal";
import { createMemoryStore } from "@loom/local";
import { type ScriptedMigrators, scriptedMigrators } from "./migrators.ts";
import { PATIENCE_MS } from "./patience.ts";
import { newQueue, type Temporal } from "./temporal.ts";

/** A Loom on Temporal with one announced migration, which nobody else in the namespace has. */
export interface LoomWorld {
  readonly loom: Loom;
  readonly store: Store;
  readonly engine: TemporalEngine;
  readonly migrators: ScriptedMigrators;
  readonly migrationId: string;
  /** The workflow id of a candidate's run. */
  readonly runId: (candidateId: string) => string;
  /** Lets the store refuse all writes of runs, until told that it is back. */
  readonly storeAway: (isAway: boolean) => void;
  /** Adds candidates and starts their runs. */
  readonly start: (...candidateIds: readonly string[]) => Promise<void>;
  readonly cancel: (candidateId: string, compensate?: boolean) => Promise<void>;
  /** Reports on the n-th call for a candidate, counted from 1, when it has been made. */
  readonly report: (
    candidateId: string,
    call: number,
    event?: Partial<StepCompletedEvent>,
  ) => Promise<ReportResult>;
  readonly candidate: (candidateId: string) => Promise<CandidateWithStatus>;
  readonly untilStatus: (candidateId: string, status: string) => Promise<CandidateWithStatus>;
  readonly untilCalls: (candidateId: string, ...calls: readonly string[]) => Promise<void>;
}

export interface LoomWorldOptions extends Partial<TemporalEngineOptions> {
  readonly steps?: readonly StepDefinition[];
  /** One that nobody else has, when absent. */
  readonly migrationId?: string;
  /** One of its own, when absent. */
  readonly store?: Store;
  /** Names of inputs that may be given. */
  readonly inputs?: readonly string[];
}

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };
const SECRETS = ["a secret for the tests of loom"];
const PLAN = [{ name: "bump", compensable: true }, { name: "approve" }];

export async function createLoomWorld(
  temporal: Temporal,
  { steps = PLAN, inputs = [], migrationId = newMigrationId(), ...more }: LoomWorldOptions = {},
): Promise<LoomWorld> {
  const away = { isAway: false };
  const { store: given = createMemoryStore(), ...options } = more;
  const store = refusingWrites(given, away);
  const migrators = scriptedMigrators();
  const engine = createTemporalEngine({
    client: temporal.client,
    taskQueue: newQueue(),
    // a call of a worker that is slow to say that it lives is made twice, which no test expects
    heartbeatSeconds: 30,
    ...options,
  });
  const loom = createLoom({ store, engine, migrators, secrets: SECRETS, logger: SILENT });
  await loom.announce({
    id: migrationId,
    name: "Upgrade",
    migratorApp: migrationId,
    migratorUrl: "http://127.0.0.1:9/",
    steps: [...steps],
    requiredInputs: inputs.map((name) => ({ name, label: name, optional: true })),
  });
  const refOf = (candidateId: string) => ({ migrationId, candidateId });
  const candidate = (id: string) => loom.getCandidate(refOf(id));

  return {
    loom,
    store,
    engine,
    migrators,
    migrationId,
    runId: (candidateId) => `${migrationId}__${candidateId}`,
    storeAway(isAway) {
      away.isAway = isAway;
    },
    async start(...ids) {
      const discovery = { id: randomUUID(), complete: false };
      const candidates = ids.map((id) => ({ id }));
      await loom.submitCandidates(migrationId, { candidates, discovery });
      await Promise.all(ids.map((id) => loom.start(refOf(id))));
    },
    cancel: (id, compensate) =>
      loom.cancel(refOf(id), compensate === undefined ? {} : { compensate }),
    async report(id, call, event = {}) {
      const received = () => migrators.received.filter((each) => each.candidate.id === id);
      await until(`call ${call} of ${id}`, () => received().length >= call);
      const { callbackId = "", stepName = "" } = received()[call - 1] ?? {};
      return loom.reportStep(callbackId, { stepName, candidateId: id, success: true, ...event });
    },
    candidate,
    async untilStatus(id, status) {
      await until(`${id} ${status}`, async () => (await candidate(id)).status === status);
      return candidate(id);
    },
    untilCalls: (id, ...calls) =>
      until(`the calls ${calls.join(", ")}`, () => String(migrators.calls(id)) === String(calls)),
  };
}

function refusingWrites(store: Store, away: { readonly isAway: boolean }): Store {
  const guard = () => {
    if (away.isAway) throw new LoomError("store_unavailable", "The store is away.");
  };
  return {
    ...store,
    async saveProgress(...given) {
      guard();
      return store.saveProgress(...given);
    },
    async changeStatus(...given) {
      guard();
      return store.changeStatus(...given);
    },
  };
}

function newMigrationId(): string {
  return `m-${randomUUID().slice(0, 8)}`;
}

/** Waits for what must come, for as long as a slow machine may need. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resume) => setTimeout(resume, 10));
  }
}

import type {
  Candidate,
  CandidateRecord,
  CandidateStatus,
  DiscoveryCounts,
  Expectation,
  Migration,
  Position,
  StatusChangeResult,
  Store,
} from "@loom/core";
import type { Runner } from "../runner.ts";
import {
  at,
  changeOf,
  historyOf,
  manifestOf,
  migrationOf,
  unique,
  type ChangeParts,
} from "./builders.ts";
import { allPages } from "./pages.ts";

/** A store under test. */
export interface StoreSetup {
  readonly store: Store;
  /** Called at the end of each test. */
  readonly teardown: () => Promise<void>;
}

/** What an author of a store gives to its suites. */
export interface StoreSuiteOptions {
  /**
   * Gives a store, once for each test. All ids are random, so that stores may share a database; only outboxes may not be
   * shared with anybody who is at work at the same time (a schema, or a key prefix, of its own keeps them apart).
   */
  readonly setup: () => Promise<StoreSetup>;
}

/** A store with one registered migration, and the usual ways to move its candidates. */
export interface StoreFixture {
  readonly store: Store;
  readonly migrationId: string;
  /** Registers, or announces again, the migration of the fixture or another one. */
  register(more?: Partial<Migration>, owner?: string): ReturnType<Store["register"]>;
  /** Submits candidates, given whole or by their ids: a complete discovery of its own unless said otherwise. */
  submit(
    candidates: readonly (Candidate | string)[],
    discovery?: { readonly id?: string; readonly complete?: boolean },
  ): Promise<DiscoveryCounts | null>;
  record(candidateId: string): Promise<CandidateRecord | null>;
  /** The same for a further migration in the same store. */
  another(): Promise<StoreFixture>;
  /** Tries a change from where the candidate is said to stand. */
  change(
    candidateId: string,
    from: Expectation,
    to: Position,
    more?: ChangeParts,
  ): Promise<StatusChangeResult>;
  /** Takes a candidate from wherever it stands to a status, by the changes that use cases make. */
  bring(candidateId: string, status: CandidateStatus): Promise<Position>;
  /** Ids listed by a filter, page by page. */
  list(
    filter?: Omit<Parameters<Store["listCandidates"]>[1], "limit">,
    limit?: number,
  ): Promise<string[]>;
}

/** Declares a test of a law, with a store of its own. */
export type LawTest = (title: string, body: (fixture: StoreFixture) => Promise<void>) => void;

/** Makes `test` for a store suite: sets up and tears down around each. */
export function lawTestOf({ test }: Runner, { setup }: StoreSuiteOptions): LawTest {
  return (title, body) =>
    test(title, async () => {
      const { store, teardown } = await setup();
      try {
        const fixture = fixtureOf(store, `m-${unique()}`);
        await fixture.register();
        await body(fixture);
      } finally {
        await teardown();
      }
    });
}

export const NOT_STARTED: Position = { status: "not_started", attempt: 0 };

function fixtureOf(store: Store, migrationId: string): StoreFixture {
  const record: StoreFixture["record"] = (candidateId) =>
    store.getCandidate({ migrationId, candidateId });
  const change: StoreFixture["change"] = (candidateId, from, to, more) =>
    store.changeStatus(changeOf(migrationId, candidateId, [from, to], more));

  return {
    store,
    migrationId,
    record,
    change,
    async another() {
      const fixture = fixtureOf(store, `m-${unique()}`);
      await fixture.register();
      return fixture;
    },
    register: (more, owner = "owner") =>
      store.register({
        migration: migrationOf(more?.id ?? migrationId, more),
        owner,
        history: historyOf("announce"),
      }),
    submit: (candidates, { id = unique(), complete = true } = {}) =>
      store.mergeCandidates({
        migrationId,
        candidates: candidates.map((each) => (typeof each === "string" ? { id: each } : each)),
        discovery: { id, complete },
        at: at(1),
        history: historyOf("discover"),
      }),
    async bring(candidateId, status) {
      const found = await record(candidateId);
      const from = { status: found?.status ?? "not_started", attempt: found?.attempt ?? 0 };
      return path(from, status).reduce(async (before, to) => {
        const starts = to.status === "running";
        const claim = starts && { claim: manifestOf(migrationId, candidateId, to.attempt) };
        await change(candidateId, await before, to, claim || {});
        return to;
      }, Promise.resolve(from));
    },
    list: (filter = {}, limit = 3) => idsOf(store, migrationId, filter, limit),
  };
}

/** The positions on the way to a status, by way of `running` and `not_started` where needed. */
function path({ status, attempt }: Position, goal: CandidateStatus): readonly Position[] {
  if (status === goal || status === "completed") return [];
  const begun = status === "queued" ? attempt : attempt + 1;
  if (goal === "completed" && status !== "running")
    return [
      { status: "running", attempt: begun },
      { status: goal, attempt: begun },
    ];
  if (goal === "queued" && status === "running")
    return [
      { status: "not_started", attempt },
      { status: goal, attempt: attempt + 1 },
    ];
  const isTaken = goal === "queued" || goal === "running";
  return [{ status: goal, attempt: isTaken ? begun : attempt }];
}

async function idsOf(
  store: Store,
  migrationId: string,
  filter: Omit<Parameters<Store["listCandidates"]>[1], "limit">,
  limit: number,
): Promise<string[]> {
  const records = await allPages(
    (cursor) => store.listCandidates(migrationId, { ...filter, ...cursor, limit }),
    filter.cursor,
  );
  return records.map(({ candidate }) => candidate.id);
}

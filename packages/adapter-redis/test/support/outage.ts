import {
  createLoom,
  type DispatchStepRequest,
  type Loom,
  LoomError,
  type Position,
  type Store,
} from "@loom/core";
import { createLocalEngine } from "@loom/local";
import { expect } from "vitest";
import { changeOf, fill } from "../../../../test/stores/builders.ts";

const WAIT = { timeout: 90_000, interval: 20 };
const NONE: Position = { status: "not_started", attempt: 0 };
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

/** What came of runs that were under way in an outage. */
export interface OutageReport {
  readonly completed: number;
  /** The codes of all errors that callers got. */
  readonly codes: readonly string[];
  /** How many ids dispatches had, and how many (run, step) there were. */
  readonly dispatches: number;
  readonly steps: number;
}

/**
 * Runs whose first step is dispatched and not reported yet when the outage begins. Reports are made from then on, and made
 * again while they are refused, until every run has come to its end.
 *
 * @param begin makes Redis fail, when nothing is being written but leases
 * @param end lets it serve again
 */
export async function runThrough(
  store: Store,
  begin: () => Promise<unknown>,
  end: () => Promise<unknown>,
): Promise<OutageReport> {
  const ids = Array.from({ length: 12 }, (_, n) => `c${n}`);
  const dispatched = new Map<string, DispatchStepRequest>();
  const codes = new Set<string>();
  const loom = loomOver(store, (request) => dispatched.set(request.dispatchId, request));
  await loom.open();
  await startAll(loom, ids);
  await expect.poll(() => dispatched.size, WAIT).toBe(ids.length);
  await begin();
  const reporting = reportAll(loom, dispatched, codes, 2 * ids.length);
  await expect.poll(() => codes.size, WAIT).toBeGreaterThan(0);
  await end();
  await reporting;
  await expect.poll(() => completedOf(store, codes), WAIT).toBe(ids.length);
  await loom.close();
  const steps = new Set([...dispatched.values()].map((each) => `${each.runId} ${each.stepName}`));
  return {
    completed: await completedOf(store, codes),
    codes: [...codes],
    dispatches: dispatched.size,
    steps: steps.size,
  };
}

function loomOver(store: Store, take: (request: DispatchStepRequest) => void): Loom {
  return createLoom({
    store,
    engine: createLocalEngine({ leaseMs: 1_000, pollMs: 50, pauseMs: 50 }),
    migrators: {
      async dispatchStep(_to, request) {
        take(request);
        return { type: "accepted" };
      },
      compensateStep: async () => ({ type: "refused", error: "nothing is undone here" }),
      dryRun: async () => ({ steps: [] }),
    },
    secrets: ["a secret that outlives an outage"],
    logger: quiet,
  });
}

async function startAll(loom: Loom, ids: readonly string[]): Promise<void> {
  await loom.announce({
    id: "through",
    name: "Through",
    steps: [{ name: "bump" }, { name: "release" }],
    migratorUrl: "https://charts.example/loom",
    candidates: ids.map((id) => ({ id })),
  });
  for (const candidateId of ids) await loom.start({ migrationId: "through", candidateId });
}

/** Reports each dispatch as soon as it is there, until so many reports were taken. */
async function reportAll(
  loom: Loom,
  dispatched: ReadonlyMap<string, DispatchStepRequest>,
  codes: Set<string>,
  count: number,
): Promise<void> {
  const taken = new Set<string>();
  const end = Date.now() + WAIT.timeout;
  while (taken.size < count && Date.now() < end) {
    for (const [id, { callbackId, stepName, candidate }] of dispatched) {
      if (taken.has(id)) continue;
      const report = { stepName, candidateId: candidate.id, success: true };
      const answer = await known(loom.reportStep(callbackId, report), codes);
      if (answer !== undefined) taken.add(id);
    }
    await new Promise((resume) => setTimeout(resume, 20));
  }
}

async function completedOf(store: Store, codes: Set<string>): Promise<number> {
  return (await known(store.countCandidates("through"), codes))?.completed ?? -1;
}

/** What was answered; nothing when it was an error, whose code is noted. */
async function known<T>(answer: Promise<T>, codes: Set<string>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    codes.add(LoomError.is(error) ? error.code : String(error));
    return undefined;
  }
}

/** What writers saw who move a candidate each while Redis fails over. */
export interface WriterReport {
  readonly moves: number;
  /** Changes that were answered and were gone later. */
  readonly lost: number;
  /** Answers that no loss of the last writes explains, and codes other than `store_unavailable`. */
  readonly wrong: readonly string[];
  /** Whether each candidate stands where its writer left it, with a line of history for each of its changes. */
  readonly isWhole: boolean;
}

/** Lets each of some writers move its own candidate without a pause until `outage` is over, and a little longer. */
export async function writeThrough(
  store: Store,
  migrationId: string,
  outage: () => Promise<unknown>,
): Promise<WriterReport> {
  const ids = Array.from({ length: 8 }, (_, n) => `own ${n}`);
  await fill(
    store,
    migrationId,
    ids.map((id) => ({ id })),
  );
  const state = { isOver: false, moves: 0 };
  const fail = async () => {
    await expect.poll(() => state.moves, WAIT).toBeGreaterThan(MOVES_BEFORE);
    await outage();
  };
  const ended = fail().finally(() => {
    state.isOver = true;
  });
  const writers = await Promise.all(ids.map((id) => write(store, migrationId, id, state)));
  await ended;
  const lines = await linesOf(store, migrationId);
  const whole = await Promise.all(
    writers.map(async ({ id, at }) => {
      const record = await store.getCandidate({ migrationId, candidateId: id });
      const isThere = record?.status === at.status && record.attempt === at.attempt;
      return isThere && lines.get(id) === movesTo(at);
    }),
  );
  return {
    moves: writers.reduce((sum, { moves }) => sum + moves, 0),
    lost: writers.reduce((sum, { lost }) => sum + lost, 0),
    wrong: writers.flatMap(({ wrong }) => wrong),
    isWhole: whole.every(Boolean),
  };
}

/** Changes that all writers make before the outage, and that each makes after it. */
const MOVES_BEFORE = 100;
const MOVES_AFTER = 10;

async function write(
  store: Store,
  migrationId: string,
  id: string,
  state: { readonly isOver: boolean; moves: number },
) {
  const [wrong, end] = [[] as string[], Date.now() + WAIT.timeout];
  let [at, moves, lost, after] = [NONE, 0, 0, 0];
  while ((!state.isOver || after < MOVES_AFTER) && Date.now() < end) {
    const change = changeFrom(migrationId, id, at);
    const answer = await untilAnswered(() => store.changeStatus(change), wrong, end);
    if (answer?.applied) {
      [at, moves] = [change.to, moves + 1];
      state.moves++;
      if (state.isOver) after++;
    } else if (answer?.found && movesTo(answer.found) < movesTo(at)) {
      lost += movesTo(at) - movesTo(answer.found);
      at = { status: answer.found.status, attempt: answer.found.attempt };
    } else {
      wrong.push(`from ${movesTo(at)}: ${JSON.stringify(answer)}`);
      break;
    }
  }
  return { id, at, moves, lost, wrong };
}

function changeFrom(migrationId: string, id: string, at: Position) {
  const { status, attempt } = at;
  const to: Position =
    status === "queued"
      ? { status: "not_started", attempt }
      : { status: "queued", attempt: attempt + 1 };
  return changeOf(migrationId, id, [at, to]);
}

async function untilAnswered<T>(
  ask: () => Promise<T>,
  wrong: string[],
  end: number,
): Promise<T | undefined> {
  while (Date.now() < end) {
    const codes = new Set<string>();
    const answer = await known(ask(), codes);
    if (answer !== undefined) return answer;
    wrong.push(...[...codes].filter((code) => code !== "store_unavailable"));
  }
  return undefined;
}

/** How many changes lead to a position. */
function movesTo({ status, attempt }: Position): number {
  return 2 * attempt - (status === "queued" ? 1 : 0);
}

async function linesOf(store: Store, migrationId: string): Promise<ReadonlyMap<string, number>> {
  const lines = new Map<string, number>();
  for (let cursor: string | undefined, isEnd = false; !isEnd; isEnd = cursor === undefined) {
    const page = { limit: 500, ...(cursor !== undefined && { cursor }) };
    const { items, nextCursor } = await store.listHistory(migrationId, page);
    for (const { candidateId } of items)
      if (candidateId !== undefined) lines.set(candidateId, (lines.get(candidateId) ?? 0) + 1);
    cursor = nextCursor;
  }
  return lines;
}

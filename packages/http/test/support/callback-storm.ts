import type { DispatchStepRequest, Loom, Migrators, ReportResult } from "@loom/core";
import { createLoom } from "@loom/core";
import { createLoomHandler } from "@loom/http";
import { createLocalEngine, createMemoryStore } from "@loom/local";
import * as fc from "fast-check";
import { silent } from "./stage.ts";

/** How big a storm is. */
export interface StormSize {
  readonly candidates: number;
  readonly steps: number;
}

/** What came of a storm, as the migrators saw it. */
export interface Storm {
  readonly loom: Loom;
  /** How each step was meant to end. */
  endOf(candidate: number, step: number): string;
  /** The HTTP status of every answer. */
  readonly statuses: readonly number[];
  /** What became of the callbacks of attempts that were cancelled. */
  readonly stale: readonly string[];
  /** The marks of what was accepted, by candidate and step. */
  readonly accepted: ReadonlyMap<string, readonly string[]>;
}

export const MIGRATION = "chart-upgrade";
export const candidateOf = (n: number) => `service-${n}`;

const WAYS = ["in_progress", "open", "awaiting_review", "open", "awaiting_review"] as const;
const place = fc.nat(5);
const script = fc.record({
  end: fc.constantFrom("completed" as const, "merged" as const),
  swapped: fc.tuple(place, place),
  doubled: fc.tuple(place, place, place),
  staleAt: fc.integer({ min: 1, max: 8 }),
});
type Script = typeof script extends fc.Arbitrary<infer S> ? S : never;

interface Callback {
  readonly phase: (typeof WAYS)[number] | Script["end"];
  readonly eventId: string;
}

/** Six things that a migrator says of a call, two of them in each other's place, and three of them once more. */
function callbacksOf({ end, swapped: [one, other], doubled }: Script): Callback[] {
  const said = [...WAYS, end].map((phase, n) => ({ phase, eventId: `said ${n}` }));
  const swap = (n: number) => (n === one ? other : n === other ? one : n);
  const order = said.map((_, n) => said[swap(n)] ?? said[0]);
  const again = doubled.map((n) => order[n]);
  return [...order, ...again].filter((callback) => callback !== undefined);
}

/**
 * Cancels a first attempt of every run, and reports on every call of the second one by ten callbacks over HTTP: the first before
 * the dispatch is answered, the others at once, three of them doubled, two in each other's place, one with an id of the attempt
 * that was cancelled.
 */
export function createStorm({ candidates, steps }: StormSize): Storm & { play(): Promise<void> } {
  const count = candidates * steps;
  const [scripts = []] = fc.sample(
    fc.array(script, { minLength: count, maxLength: count, size: "max" }),
    {
      seed: 20_260_301,
      numRuns: 1,
    },
  );
  const scriptOf = (candidate: number, step: number) => scripts[candidate * steps + step];
  const old = new Map<string, DispatchStepRequest>();
  const statuses: number[] = [];
  const stale: string[] = [];
  const accepted = new Map<string, string[]>();
  const underWay: Promise<unknown>[] = [];

  const post = async (call: DispatchStepRequest, { phase, eventId }: Callback) => {
    const about = { stepName: call.stepName, candidateId: call.candidate.id, success: true };
    const body = JSON.stringify({ ...about, phase, eventId, metadata: { [eventId]: phase } });
    const headers = { "content-type": "application/json" };
    const url = `http://loom.example/event/${call.callbackId}`;
    const reply = await handler(new Request(url, { method: "POST", headers, body }));
    statuses.push(reply.status);
    return (await reply.json()) as ReportResult;
  };

  const say = async (call: DispatchStepRequest, callback: Callback) => {
    const { status } = await post(call, callback);
    const key = `${call.candidate.id} ${call.stepName}`;
    if (status === "accepted") accepted.set(key, [...(accepted.get(key) ?? []), callback.eventId]);
  };

  const sayLate = async (call: DispatchStepRequest) => {
    const answer = await post(call, { phase: "completed", eventId: "late" });
    stale.push(answer.status === "ignored" ? answer.reason : answer.status);
  };

  const storm = async (call: DispatchStepRequest) => {
    const step = Number(call.stepName.slice(1));
    const own = scriptOf(Number(call.candidate.id.split("-")[1]), step);
    const first = old.get(call.candidate.id);
    if (!own || !first) throw new Error("a call that nobody asked for");
    const [early, ...rest] = callbacksOf(own);
    if (early) await say(call, early);
    const sending = rest.map((callback) => () => say(call, callback));
    sending.splice(own.staleAt, 0, () => sayLate(first));
    underWay.push(...sending.map((send) => send()));
  };

  const migrators: Migrators = {
    async dispatchStep(_, call) {
      if (call.attempt === 1) old.set(call.candidate.id, call);
      else await storm(call);
      return { type: "accepted" };
    },
    compensateStep: async () => ({ type: "accepted" }),
    dryRun: async () => ({ steps: [] }),
  };
  const loom = createLoom({
    store: createMemoryStore(),
    engine: createLocalEngine(),
    migrators,
    logger: silent,
  });
  const handler = createLoomHandler(loom, { allowUnauthenticated: true, logger: silent });

  return {
    loom,
    statuses,
    stale,
    accepted,
    endOf: (candidate, step) => scriptOf(candidate, step)?.end ?? "",
    async play() {
      await loom.open();
      const ids = Array.from({ length: candidates }, (_, n) => candidateOf(n));
      await announce(loom, ids, steps);
      await Promise.all(ids.map((id) => startTwice(loom, id, () => old.has(id))));
      for (;;) {
        const { counts } = await loom.getMigration(MIGRATION);
        if (counts.completed === candidates) break;
        await new Promise((resume) => setTimeout(resume, 5));
      }
      await Promise.all(underWay);
    },
  };
}

function announce(loom: Loom, ids: readonly string[], steps: number) {
  return loom.announce({
    id: MIGRATION,
    name: "Upgrade the chart",
    steps: Array.from({ length: steps }, (_, n) => ({ name: `s${n}` })),
    migratorUrl: "http://charts.example",
    candidates: ids.map((id) => ({ id })),
  });
}

/** Starts a run, cancels it once its first call was made, and starts it again. */
async function startTwice(loom: Loom, candidateId: string, isCalled: () => boolean): Promise<void> {
  const ref = { migrationId: MIGRATION, candidateId };
  const until = async (holds: () => Promise<boolean> | boolean) => {
    while (!(await holds())) await new Promise((resume) => setTimeout(resume, 2));
  };
  await loom.start(ref);
  await until(isCalled);
  await loom.cancel(ref);
  await until(async () => (await loom.getCandidate(ref)).status === "not_started");
  await loom.start(ref);
}

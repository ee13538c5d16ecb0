import type { EngineHost, ExecutionEngine, Store } from "@loom/core";
import type { CancelRequested, RunEvent } from "@loom/core/run";
import { createLocalEngine, createMemoryStore, type LocalEngineOptions } from "@loom/local";
import { describe, expect, test } from "vitest";
import { describeExecutionEngine } from "../src/index.ts";
import { PATIENCE_MS } from "../../../test/patience.ts";
import { failuresOf } from "./collect.ts";

/** What is wrong with an engine: its own methods, what it makes of its host, or how it is set up. */
interface Fault {
  readonly engine?: (right: ExecutionEngine, store: Store) => Partial<ExecutionEngine>;
  readonly host?: (right: EngineHost) => Partial<EngineHost>;
  readonly options?: LocalEngineOptions;
}

/** Faults by what the engine does wrong, each with the title of a law that must catch it. */
const FAULTS: Readonly<Record<string, readonly [law: string, fault: Fault]>> = {
  "makes every call twice": [
    "dispatches each step when the one before it is reported done, to the end",
    {
      host: (right) => ({
        deliver: async (...call) => {
          await right.deliver(...call);
          return right.deliver(...call);
        },
      }),
    },
  ],
  "loses reports that come while a call is under way": [
    "counts reports that come before their dispatch has returned",
    losingEarlyReports(),
  ],
  "names a repeated call anew": [
    "repeats a call that did not get through, under the same dispatch id",
    {
      host: (right) => ({
        deliver: (manifest, command) =>
          right.deliver(manifest, { ...command, id: `${command.id}:${crypto.randomUUID()}` }),
      }),
    },
  ],
  "never gives up a call": [
    "fails the step with the last error when no call gets through",
    {
      host: (right) => ({
        async deliver(...call) {
          for (let n = 0; n < 20; n++) {
            const outcome = await right.deliver(...call);
            if (outcome.type !== "unavailable") return outcome;
          }
          return { type: "accepted" };
        },
      }),
    },
  ],
  "repeats a refused call": [
    "blocks on a refused dispatch, with its reason, until it is retried",
    {
      host: (right) => ({
        async deliver(...call) {
          const outcome = await right.deliver(...call);
          return outcome.type === "refused" ? { ...outcome, type: "unavailable" } : outcome;
        },
      }),
    },
  ],
  "sets no timers": [
    "fails a step that is silent for too long, and takes its success later all the same",
    {
      host: ({ store }) => ({
        store: {
          ...store,
          commitRun: (commit) => {
            const add = commit.add.filter(({ command }) => command.type !== "set_timer");
            return store.commitRun({ ...commit, add });
          },
        },
      }),
    },
  ],
  "drops updated inputs": [
    "uses updated inputs from the next dispatch on",
    {
      engine: (right) => ({
        raiseEvent: async (runId, attempt, event) =>
          event.type === "inputs_updated" ? "accepted" : right.raiseEvent(runId, attempt, event),
      }),
    },
  ],
  "takes events of attempts that it does not know": [
    "says that an attempt is not running before it began, after its end, and if it never was",
    {
      engine: (right) => ({
        async raiseEvent(...given) {
          const answer = await right.raiseEvent(...given);
          return answer === "not_running" ? "accepted" : answer;
        },
      }),
    },
  ],
  "knows every attempt": [
    "knows the phase of the attempts that it hosts, and no others",
    { engine: () => ({ getRun: async () => ({ phase: "running" }) }) },
  ],
  "lets a cancel end a run while its call is under way": [
    "ends a run only after the call under way has settled",
    { engine: cancellingAtOnce },
  ],
  "ignores cancels": [
    "ends a run that waits, once, and records who and why",
    { engine: () => ({ cancelRun: async () => "accepted" }) },
  ],
  "never undoes": [
    "undoes what can be undone, the last first, one at a time, when asked to",
    {
      engine: (right) => ({
        cancelRun: (runId, attempt, event) =>
          right.cancelRun(runId, attempt, withoutCompensation(event)),
      }),
    },
  ],
  "gives events of an old attempt to the next": [
    "starts a new attempt after a cancel, which nothing of the old one touches",
    {
      engine: (right) => ({
        async raiseEvent(runId, attempt, event) {
          const next = (await right.getRun(runId, attempt + 1)) ? attempt + 1 : attempt;
          return right.raiseEvent(runId, next, ofAttempt(next, event));
        },
      }),
    },
  ],
  "does not wait on close": [
    "waits on close for the call under way, keeps what came of it, and makes no other",
    {
      engine: (right) => ({
        close: async () => {
          void right.close();
        },
      }),
    },
  ],
  "does not lease its work": [
    "shares the work between two processes, and makes each call once",
    {
      // A call lasts longer than its lease, so that the other process finds it whatever the machine is doing.
      host: (right) => ({
        store: {
          ...right.store,
          leaseDue: (request) => right.store.leaseDue({ ...request, leaseMs: 5 }),
          renewLeases: (request) => right.store.renewLeases({ ...request, leaseMs: 5 }),
        },
        async deliver(...call) {
          await new Promise((resume) => setTimeout(resume, 200));
          return right.deliver(...call);
        },
      }),
    },
  ],
  "holds its leases for ever": [
    "finishes in another process what one that died had begun",
    { options: { leaseMs: 9e12 } },
  ],
  "looks for work only once": [
    "finishes in another process what one that died had begun",
    {
      // The lease is to lapse after the one look, also where the next process is slow to open.
      options: { leaseMs: 2_000 },
      host: ({ clock }) => ({ clock: { now: () => clock.now(), after: () => () => {} } }),
    },
  ],
};

const TRIES = 10;

describe("the suite of ExecutionEngine", () => {
  test("finds no fault with a right engine", async () => {
    expect(await failuresOf(suite("right", {}, PATIENCE_MS), 2 * PATIENCE_MS)).toEqual([]);
  }, 120_000);

  test.each(Object.entries(FAULTS))("catches an engine that %s", async (name, [law, fault]) => {
    expect(await caughtBy(() => failuresOf(suite(name, fault, 400), 1_500), law)).toContain(law);
  });
});

/** A fault that shows in time only may hide on a busy machine: it is looked for again. */
async function caughtBy(failures: () => Promise<string[]>, law: string): Promise<string[]> {
  let found: string[] = [];
  for (let tries = 0; tries < TRIES && !found.includes(law); tries++) found = await failures();
  return found;
}

function suite(name: string, fault: Fault, patienceMs: number): Parameters<typeof failuresOf>[0] {
  return (runner) =>
    describeExecutionEngine(runner, name, {
      patienceMs,
      setup: async () => {
        const store = createMemoryStore();
        const createEngine = () => doubleOf(fault, store);
        return { store, createEngine, teardown: async () => {} };
      },
    });
}

function doubleOf({ engine, host, options }: Fault, store: Store): ExecutionEngine {
  const right = createLocalEngine({ leaseMs: 300, pollMs: 20, pauseMs: 40, ...options });
  const connect: ExecutionEngine["connect"] = (given) =>
    right.connect({ ...given, ...host?.(given) });
  const faulty = { ...right, connect };
  return { ...faulty, ...engine?.(faulty, store) };
}

function ofAttempt(attempt: number, event: RunEvent): RunEvent {
  return "call" in event ? { ...event, call: { ...event.call, attempt } } : { ...event, attempt };
}

function withoutCompensation(event: CancelRequested): CancelRequested {
  const { compensate: _, ...rest } = event;
  return rest;
}

function losingEarlyReports(): Fault {
  let underWay = 0;
  return {
    host: (right) => ({
      async deliver(...call) {
        underWay++;
        return right.deliver(...call).finally(() => underWay--);
      },
    }),
    engine: (right) => ({
      raiseEvent: async (...given) => (underWay > 0 ? "accepted" : right.raiseEvent(...given)),
    }),
  };
}

function cancellingAtOnce(right: ExecutionEngine, store: Store): Partial<ExecutionEngine> {
  return {
    async cancelRun(runId, attempt, event) {
      const [migrationId = "", candidateId = ""] = runId.split("__");
      const history = { at: event.at, actor: { id: "hasty" }, action: "close" as const };
      const from = { status: "running", attempt } as const;
      const to = { status: "not_started", attempt } as const;
      const token = crypto.randomUUID();
      const answer = await right.cancelRun(runId, attempt, event);
      const ref = { migrationId, candidateId };
      await store.changeStatus({ ...ref, token, from, to, at: event.at, history });
      return answer;
    },
  };
}

import type { StepDefinition } from "@loom/core";
import { type LoomWorld, until } from "../world/loom.ts";

/** One way that a run can go, recorded once and replayed ever after. */
export interface Scenario {
  readonly steps: readonly StepDefinition[];
  /** Drives the run of candidate `one`, which has been started, to where the history is taken. */
  readonly drive: (world: LoomWorld) => Promise<void>;
}

const PLAN = [
  { name: "bump", compensable: true, timeoutSeconds: 3_600 },
  { name: "approve", compensable: true },
];
const QUICK = { attempts: 2, initialSeconds: 0.01, maxSeconds: 0.01 };

/** Each has a file of its name. One that a change needs is added; none that stands is recorded anew. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  completed: {
    steps: PLAN,
    async drive(world) {
      await world.report("one", 1, { phase: "open", metadata: { prUrl: "u" } });
      await world.report("one", 1, { phase: "merged" });
      await world.report("one", 2);
      await world.untilStatus("one", "completed");
    },
  },
  "reported-early": {
    steps: PLAN,
    async drive(world) {
      world.migrators.answer(async ({ callbackId, stepName }) => {
        await world.loom.reportStep(callbackId, { stepName, candidateId: "one", success: true });
        return { type: "accepted" };
      });
      await world.untilStatus("one", "completed");
    },
  },
  "reported-in-a-crowd": {
    steps: PLAN,
    async drive(world) {
      await world.untilCalls("one", "1 do bump 1");
      const phases = ["open", "awaiting_review", "open", "merged"] as const;
      await Promise.all(phases.map((phase) => world.report("one", 1, { phase })));
      await world.report("one", 2);
      await world.untilStatus("one", "completed");
    },
  },
  "refused-and-retried": {
    steps: PLAN,
    async drive(world) {
      world.migrators.answer(({ stepAttempt }) =>
        stepAttempt === 1 ? { type: "refused", error: "no" } : { type: "accepted" },
      );
      await untilStep(world, "failed");
      const ref = { migrationId: world.migrationId, candidateId: "one" };
      await world.loom.updateInputs(ref, { version: "2" });
      await world.loom.retryStep(ref, { stepName: "bump" });
      await world.report("one", 2);
      await until("the next step", () => world.migrators.calls("one").length === 3);
    },
  },
  "exhausted-and-lifted": {
    steps: [{ name: "bump", dispatchRetry: QUICK }, { name: "approve" }],
    async drive(world) {
      world.migrators.answer(({ stepName }) =>
        stepName === "bump" ? { type: "unavailable", error: "down" } : { type: "accepted" },
      );
      await untilStep(world, "failed");
      await world.report("one", 1);
      await world.report("one", 3);
      await world.untilStatus("one", "completed");
    },
  },
  "timed-out": {
    steps: [{ name: "bump", timeoutSeconds: 0.05 }],
    async drive(world) {
      await untilStep(world, "failed");
      await world.report("one", 1);
      await world.untilStatus("one", "completed");
    },
  },
  cancelled: {
    steps: PLAN,
    async drive(world) {
      await world.untilCalls("one", "1 do bump 1");
      await world.cancel("one");
      await world.untilStatus("one", "not_started");
    },
  },
  compensated: {
    steps: PLAN,
    async drive(world) {
      await world.report("one", 1);
      await until("approve", () => world.migrators.calls("one").length === 2);
      await world.cancel("one", true);
      await world.report("one", 3);
      await world.report("one", 4);
      await world.untilStatus("one", "not_started");
    },
  },
  "given-up": {
    steps: PLAN,
    async drive(world) {
      await world.untilCalls("one", "1 do bump 1");
      await world.cancel("one", true);
      await until("the undoing", () => world.migrators.calls("one").length === 2);
      await world.cancel("one", false);
      await world.untilStatus("one", "not_started");
    },
  },
  "store-away": {
    steps: PLAN,
    async drive(world) {
      await world.untilCalls("one", "1 do bump 1");
      await whileStoreIsAway(world, () => world.report("one", 1, { phase: "open" }));
      await untilStep(world, "open");
      await world.report("one", 1);
      await until("the next call", () => world.migrators.calls("one").length === 2);
      await whileStoreIsAway(world, () => world.report("one", 2));
      await world.untilStatus("one", "completed");
    },
  },
  "cancelled-store-away": {
    steps: PLAN,
    async drive(world) {
      await world.untilCalls("one", "1 do bump 1");
      await whileStoreIsAway(world, () => world.cancel("one"));
      await world.untilStatus("one", "not_started");
    },
  },
  continued: { steps: PLAN, drive: (world) => reportAgainAndAgain(world, 30) },
  "continued-from-state": { steps: PLAN, drive: (world) => reportAgainAndAgain(world, 16) },
};

/** Often enough for the run to be continued as new, to its end. */
async function reportAgainAndAgain(world: LoomWorld, times: number): Promise<void> {
  await world.untilCalls("one", "1 do bump 1");
  for (let n = 0; n < times; n++) {
    const phase = n % 2 === 0 ? "open" : "awaiting_review";
    await world.report("one", 1, { phase });
    await untilStep(world, phase);
  }
  await world.report("one", 1);
  await world.report("one", 2);
  await world.untilStatus("one", "completed");
}

/** For longer than the quick tries of a write take. */
async function whileStoreIsAway(world: LoomWorld, act: () => Promise<unknown>): Promise<void> {
  world.storeAway(true);
  await act();
  await new Promise((resume) => setTimeout(resume, 2_500));
  world.storeAway(false);
}

function untilStep(world: LoomWorld, status: string): Promise<void> {
  return until(`a step ${status}`, async () => {
    const { currentStep } = await world.candidate("one");
    return currentStep?.status === status;
  });
}

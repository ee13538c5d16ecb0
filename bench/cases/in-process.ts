import type { DispatchStepRequest, Loom, Migrators } from "@loom/core";
import { deferred } from "../deferred.ts";
import { candidateIds, MIGRATION, openBenchLoom, STEPS } from "../loom.ts";
import type { Comparison } from "../measure.ts";

const RUNS = 500;

/** Whole runs in one process, beside calling the same migrator directly, step after step. */
export const inProcess: Comparison = {
  name: `runs in process, ${RUNS} at once`,
  rawIs:
    "the same calls of the migrator by hand, step after step, with no state, no guard and no history",
  unit: "steps",
  async raw() {
    await Promise.all(
      candidateIds(RUNS).map(async (id) => {
        for (const step of STEPS) await work({ id, step });
      }),
    );
    return RUNS * STEPS.length;
  },
  async loom() {
    const finished = deferred();
    let open = RUNS;
    const loom: Loom = await openBenchLoom({
      candidates: RUNS,
      migrators: migratorOf(
        () => loom,
        () => {
          if (--open === 0) finished.resolve();
        },
      ),
    });
    for (const candidateId of candidateIds(RUNS))
      await loom.start({ migrationId: MIGRATION, candidateId });
    await finished.promise;
    await loom.close();
    return RUNS * STEPS.length;
  },
};

async function work(of: { readonly id: string; readonly step: string }): Promise<string> {
  await new Promise((resume) => setImmediate(resume));
  return JSON.stringify(of);
}

function migratorOf(loom: () => Loom, onLastStep: () => void): Migrators {
  const perform = async ({
    callbackId,
    stepName,
    candidate,
  }: DispatchStepRequest): Promise<void> => {
    await work({ id: candidate.id, step: stepName });
    await loom().reportStep(callbackId, { stepName, candidateId: candidate.id, success: true });
    if (stepName === STEPS.at(-1)) onLastStep();
  };
  const take = async (_: unknown, request: DispatchStepRequest) => {
    void perform(request);
    return { type: "accepted" } as const;
  };
  return { dispatchStep: take, compensateStep: take, dryRun: async () => ({ steps: [] }) };
}

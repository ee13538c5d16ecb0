import type { DispatchStepRequest, Loom } from "@loom/core";
import { deferred } from "../deferred.ts";
import { candidateIds, MIGRATION, openBenchLoom, STEPS } from "../loom.ts";

const PART = 2000;
const PARTS = 10;

/**
 * What 10,000 runs cost, and 10,000 more, in parts of 2,000: the heap that each finished run keeps, in bytes, and the seconds
 * that each part took. Neither may grow.
 */
export async function memory(): Promise<{ bytesPerRun: number[]; seconds: number[] }> {
  let onLast: () => void = () => undefined;
  const loom: Loom = await openBenchLoom({
    candidates: 0,
    migrators: {
      async dispatchStep(_, request) {
        void report(loom, request, () => onLast());
        return { type: "accepted" };
      },
      compensateStep: async () => ({ type: "accepted" }),
      dryRun: async () => ({ steps: [] }),
    },
  });
  const [bytesPerRun, seconds]: [number[], number[]] = [[], []];
  const ids = candidateIds(PART * PARTS);
  for (const [part, ofPart] of parts(ids).entries())
    await loom.submitCandidates(MIGRATION, {
      candidates: ofPart.map((id) => ({ id })),
      discovery: { id: "bench", complete: part === PARTS - 1 },
    });
  for (const ofPart of parts(ids)) {
    const before = heap();
    const started = performance.now();
    await runPart(loom, ofPart, (then) => (onLast = then));
    seconds.push((performance.now() - started) / 1000);
    bytesPerRun.push((heap() - before) / PART);
  }
  await loom.close();
  return { bytesPerRun, seconds };
}

function parts(ids: readonly string[]): (readonly string[])[] {
  return Array.from({ length: PARTS }, (_, part) => ids.slice(part * PART, (part + 1) * PART));
}

async function runPart(
  loom: Loom,
  ids: readonly string[],
  onEachLast: (then: () => void) => void,
): Promise<void> {
  const finished = deferred();
  let open = ids.length;
  onEachLast(() => {
    if (--open === 0) finished.resolve();
  });
  for (const candidateId of ids) await loom.start({ migrationId: MIGRATION, candidateId });
  await finished.promise;
}

async function report(
  loom: Loom,
  { callbackId, stepName, candidate }: DispatchStepRequest,
  onLast: () => void,
): Promise<void> {
  await loom.reportStep(callbackId, { stepName, candidateId: candidate.id, success: true });
  if (stepName === STEPS.at(-1)) onLast();
}

function heap(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

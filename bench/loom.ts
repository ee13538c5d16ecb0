import type { Loom, Migrators } from "@loom/core";
import { createLoom } from "@loom/core";
import { createLocalEngine, createMemoryStore } from "@loom/local";

export const MIGRATION = "bench";
export const STEPS = ["s1", "s2", "s3", "s4", "s5"];

/** A Loom in memory with a migration of five steps and as many candidates as asked for, open. */
export async function openBenchLoom(options: {
  readonly migrators: Migrators;
  readonly candidates: number;
  readonly publicUrl?: string;
  readonly migratorUrl?: string;
}): Promise<Loom> {
  const { migrators, candidates, publicUrl, migratorUrl = "http://127.0.0.1:1" } = options;
  const loom = createLoom({
    store: createMemoryStore(),
    engine: createLocalEngine(),
    migrators,
    ...(publicUrl !== undefined && { publicUrl }),
  });
  await loom.open();
  const steps = STEPS.map((name) => ({ name }));
  await loom.announce({ id: MIGRATION, name: "Bench", migratorUrl, steps });
  await loom.submitCandidates(MIGRATION, {
    candidates: candidateIds(candidates).map((id) => ({ id })),
  });
  return loom;
}

/** The ids of the candidates. */
export function candidateIds(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `candidate-${n}`);
}

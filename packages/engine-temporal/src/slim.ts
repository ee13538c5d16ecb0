import type { MigrationManifest, StepDefinition } from "@loom/core";

/**
 * The part of a manifest that the run machine looks at. The rest (what the candidate and the steps are about) stays in the
 * store, where the dispatch activity finds it: histories stay small, and hold no data that Temporal need not see.
 */
export function slimManifest(manifest: MigrationManifest): MigrationManifest {
  const { migrationId, runId, attempt, candidate, steps, inputs } = manifest;
  return {
    migrationId,
    runId,
    attempt,
    candidate: { id: candidate.id },
    steps: steps.map(slimStep),
    ...(inputs && { inputs }),
  };
}

function slimStep({ name, timeoutSeconds, compensable }: StepDefinition): StepDefinition {
  return {
    name,
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
    ...(compensable !== undefined && { compensable }),
  };
}

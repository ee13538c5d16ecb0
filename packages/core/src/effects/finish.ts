import { LOOM_ACTOR } from "../domain/actor.ts";
import type { MigrationManifest } from "../domain/manifest.ts";
import type { StatusChange } from "../ports/status-change.ts";
import type { Finish } from "../run/command-types.ts";

/** The status write that ends an attempt. Its token is the command's id, so that a repetition is recognised. */
export function finishChange(manifest: MigrationManifest, command: Finish): StatusChange {
  const { migrationId, candidate } = manifest;
  const { attempt, sequence, progress, outcome, at } = command;
  return {
    migrationId,
    candidateId: candidate.id,
    token: command.id,
    from: { status: "running", attempt },
    to: { status: outcome === "completed" ? "completed" : "not_started", attempt },
    at,
    inputs: {},
    progress: { attempt, sequence, progress },
    ...(command.cancelled && { cancelled: command.cancelled }),
    history: {
      at,
      actor: LOOM_ACTOR,
      action: outcome === "completed" ? "complete" : "close",
      candidateId: candidate.id,
      attempt,
    },
  };
}

import { hash } from "node:crypto";
import type { MigrationManifest, StepDefinition } from "@loom/core";
import { fromJson, toJson, toStableJson } from "./json.ts";

/**
 * A manifest in two parts: most runs of a migration share their plan, which is kept once under its digest. One whose
 * candidate has steps of its own stays whole.
 */
export interface PackedManifest {
  readonly text: string;
  /** Empty when the text has the plan. */
  readonly digest: string;
  readonly plan: string;
}

const SEPARATOR = "|";

export function packManifest(manifest: MigrationManifest): PackedManifest {
  if (manifest.candidate.steps) return { text: SEPARATOR + toJson(manifest), digest: "", plan: "" };
  const { steps, ...own } = manifest;
  const plan = toStableJson(steps);
  const digest = hash("sha256", plan, "base64url").slice(0, 22);
  return { text: digest + SEPARATOR + toJson(own), digest, plan };
}

/** @param plan the plan of the text's digest, if it has one */
export function unpackManifest(text: string, plan: string | null): MigrationManifest {
  const own = fromJson(text.slice(text.indexOf(SEPARATOR) + 1)) as Omit<MigrationManifest, "steps">;
  const steps = plan === null ? undefined : (fromJson(plan) as readonly StepDefinition[]);
  return { ...own, ...(steps && { steps }) } as MigrationManifest;
}

import { setTimeout as pause } from "node:timers/promises";
import { styleText } from "node:util";
import type { CandidateWithStatus, MigrationWithCounts, StringMap } from "@loom/core";
import type { Preview } from "../check/preview.ts";
import { renderDiff } from "../display/diff.ts";
import type { Screen } from "../display/screen.ts";
import { MIGRATION_ID, type Operator } from "./operator.ts";

const POLL_MILLIS = 50;
const PATIENCE_MILLIS = 30_000;

/** Waits until the migrator has announced itself. */
export async function showAnnouncement(operator: Operator, screen: Screen): Promise<void> {
  const announced = await until(
    async () => (await operator.migrations()).find(({ id }) => id === MIGRATION_ID),
    (migration): migration is MigrationWithCounts => migration !== undefined,
  );
  const inputs = announced.requiredInputs.map(({ name }) => name).join(", ");
  screen.say(
    `  ${announced.migratorApp} at ${announced.migratorUrl} announced “${announced.name}”,`,
  );
  screen.say(`  with ${announced.steps.length} steps and the input ${inputs}:`);
  for (const phase of announced.overview ?? []) screen.say(`    · ${phase}`);
}

/** Waits until the migrator has found its candidates. */
export async function showDiscovery(
  operator: Operator,
  screen: Screen,
  expected: number,
): Promise<readonly CandidateWithStatus[]> {
  const found = await until(
    async () => await operator.candidates(),
    ({ length }) => length >= expected,
  );
  const own = found.filter(({ steps }) => steps).length;
  screen.say(
    `  ${found.length} candidates found in acme/gitops: ${found.map(({ id }) => id).join(", ")}.`,
  );
  screen.say("  status-page has a chart of its own already, so it is none.");
  if (own === 1) screen.say("  1 has no staging, and brings a plan of its own.");
  if (own > 1) screen.say(`  ${own} have no staging, and bring plans of their own.`);
  return found;
}

/** Asks what a run would do to a candidate, and shows it. */
export async function showPreview(
  operator: Operator,
  screen: Screen,
  candidateId: string,
  inputs: StringMap,
): Promise<Preview> {
  const result = await operator.dryRun(candidateId, { inputs });
  for (const { stepName, files = [], error } of result.steps) {
    if (error !== undefined) throw new Error(`The dry-run of ${stepName} failed: ${error}`);
    if (files.length > 0) screen.say(styleText(["bold", "cyan"], `  ${candidateId}: ${stepName}`));
    for (const file of files) screen.say(indent(renderDiff(file)));
  }
  return { candidateId, result };
}

async function until<T, R extends T>(
  look: () => Promise<T>,
  good: (found: T) => found is R,
): Promise<R>;
async function until<T>(look: () => Promise<T>, good: (found: T) => boolean): Promise<T>;
async function until<T>(look: () => Promise<T>, good: (found: T) => boolean): Promise<T> {
  const deadline = Date.now() + PATIENCE_MILLIS;
  for (;;) {
    const found = await look();
    if (good(found)) return found;
    if (Date.now() > deadline) throw new Error("The migrator did not show up within 30 s");
    await pause(POLL_MILLIS);
  }
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, "    ");
}

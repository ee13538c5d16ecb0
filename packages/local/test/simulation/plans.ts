import type { MigrationAnnouncement, StepDefinition } from "@loom/core";
import type { Random } from "./random.ts";
import { MIGRATION } from "./world.ts";

/** Ids that a store or a URL could take for something else. */
const CANDIDATES = ["billing", "a/b:{}__c", "..%2f", "ledger"];

/** The candidates of a simulation: two to four. */
export function candidatesOf(random: Random): readonly string[] {
  return CANDIDATES.slice(0, random.between(2, CANDIDATES.length));
}

/** A plan of one to three steps, each with a policy of its own; a new one each time. */
export function announcementOf(random: Random): MigrationAnnouncement {
  const names = ["a", "b", "c"].slice(0, random.between(1, 3));
  return {
    id: MIGRATION,
    name: "Charts",
    steps: names.map((name) => stepOf(random, name)),
    requiredInputs: [{ name: "n", label: "A number that grows", optional: true }],
    migratorUrl: `http://migrator.test/${random.between(1, 9)}`,
  };
}

function stepOf(random: Random, name: string): StepDefinition {
  return {
    name,
    ...(random.chance(0.5) && { compensable: true }),
    ...(random.chance(0.5) && { timeoutSeconds: random.between(10, 90) }),
    dispatchRetry: { attempts: random.between(2, 5), initialSeconds: 1, maxSeconds: 4 },
  };
}

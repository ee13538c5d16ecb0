import type { Runner } from "./runner.ts";
import { countLaws } from "./store/counts.ts";
import { discoveryLaws } from "./store/discovery.ts";
import { lawTestOf, type StoreSuiteOptions } from "./store/fixture.ts";
import { idLaws } from "./store/ids.ts";
import { listingLaws } from "./store/listing.ts";
import { listLaws } from "./store/lists.ts";
import { replicaLaws } from "./store/replicas.ts";
import { registrationLaws } from "./store/registration.ts";
import { inputLaws } from "./store/inputs.ts";
import { statusLaws } from "./store/status.ts";
import { valueLaws } from "./store/values.ts";

const LAWS = {
  "migrations and apps": registrationLaws,
  discovery: discoveryLaws,
  "discoveries of replicas": replicaLaws,
  ids: idLaws,
  "lists of candidates": listingLaws,
  "changes of status": statusLaws,
  inputs: inputLaws,
  counts: countLaws,
  "history and cancelled attempts": listLaws,
  values: valueLaws,
};

/**
 * Declares the tests that every store must pass for the ports `MigrationStore` and `HistoryStore`, whole.
 *
 * @param name names the store in titles
 */
export function describeMigrationStore(
  runner: Runner,
  name: string,
  options: StoreSuiteOptions,
): void {
  for (const [subject, declare] of Object.entries(LAWS))
    runner.describe(`MigrationStore ${name}: ${subject}`, () =>
      declare(runner, lawTestOf(runner, options)),
    );
}

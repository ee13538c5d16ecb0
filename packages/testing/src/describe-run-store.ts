import { commitLaws } from "./run-store/commits.ts";
import { leaseLaws } from "./run-store/leases.ts";
import { viewLaws } from "./run-store/views.ts";
import type { Runner } from "./runner.ts";
import { lawTestOf, type StoreSuiteOptions } from "./store/fixture.ts";

const LAWS = {
  "views of runs": viewLaws,
  "commits of stored runs": commitLaws,
  "outbox and leases": leaseLaws,
};

/**
 * Declares the tests that every store must pass for the ports `RunViewStore` and `StoredRunStore`, whole.
 *
 * @param name names the store in titles
 */
export function describeRunStore(runner: Runner, name: string, options: StoreSuiteOptions): void {
  for (const [subject, declare] of Object.entries(LAWS))
    runner.describe(`RunStore ${name}: ${subject}`, () =>
      declare(runner, lawTestOf(runner, options)),
    );
}

import { durabilityLaws } from "./migrator-store/durability.ts";
import { inboxLaws } from "./migrator-store/inbox.ts";
import type { MigratorStoreSuiteOptions } from "./migrator-store/law-test.ts";
import { lawTestOf } from "./migrator-store/law-test.ts";
import { outboxLaws } from "./migrator-store/outbox.ts";
import { waitLaws } from "./migrator-store/waits.ts";
import type { Runner } from "./runner.ts";

const LAWS = { inbox: inboxLaws, waits: waitLaws, outbox: outboxLaws };

/**
 * Declares the tests that every store must pass for the port `MigratorStore` of `@loom/migrator-sdk`, whole.
 *
 * @param name names the store in titles
 */
export function describeMigratorStore(
  runner: Runner,
  name: string,
  options: MigratorStoreSuiteOptions,
): void {
  const durable = options.forgets === undefined ? { "after a kill": durabilityLaws } : {};
  for (const [subject, declare] of Object.entries({ ...LAWS, ...durable }))
    runner.describe(`MigratorStore ${name}: ${subject}`, () =>
      declare(runner, lawTestOf(runner, options)),
    );
}

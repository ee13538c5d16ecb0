import type { MigratorStore } from "@loom/migrator-sdk";
import type { Runner } from "../runner.ts";
import { fixtureOf, type MigratorStoreFixture } from "./builders.ts";

/** A store under test. */
export interface MigratorStoreSetup {
  /** It is open. */
  readonly store: MigratorStore;
  /** Gives a store over the same data, open, as a process that starts after a kill has it: the first one is not closed. */
  readonly reopen?: () => Promise<MigratorStore>;
  /** Called at the end of each test. */
  readonly teardown: () => Promise<void>;
}

/** What an author of a store gives to its suite. */
export interface MigratorStoreSuiteOptions {
  /** Gives a store, once for each test. All ids are random, so that stores may share a database. */
  readonly setup: () => Promise<MigratorStoreSetup>;
  /** Why the store forgets everything with its process; absent for one that does not: then `setup` gives `reopen`. */
  readonly forgets?: string;
}

/** Declares a test of a law, with a store of its own. */
export type MigratorStoreTest = (
  title: string,
  body: (fixture: MigratorStoreFixture) => Promise<void>,
) => void;

/** Makes `test` for the suite: sets up and tears down around each. */
export function lawTestOf(
  { test }: Runner,
  { setup }: MigratorStoreSuiteOptions,
): MigratorStoreTest {
  return (title, body) =>
    test(title, async () => {
      const { store, reopen, teardown } = await setup();
      try {
        const mark = Math.random().toString(36).slice(2);
        await body(fixtureOf(store, mark, reopen ?? missing));
      } finally {
        await teardown();
      }
    });
}

function missing(): never {
  throw new Error("setup() gives no reopen, and the store does not say why it forgets.");
}

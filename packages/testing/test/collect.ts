import type { Store } from "@loom/core";
import { createMemoryStore } from "@loom/local";
import { expect } from "vitest";
import type { Runner } from "../src/index.ts";

/**
 * Runs the tests that a suite declares, all at once.
 *
 * @param limitMs the longest that one of them may take, in milliseconds: a double may make it hang
 * @returns the titles of those that failed
 */
export async function failuresOf(
  declare: (runner: Runner) => void,
  limitMs = 20_000,
): Promise<string[]> {
  const tests: { readonly title: string; readonly body: () => Promise<void> }[] = [];
  declare({
    describe: (_, body) => body(),
    test: (title, body) => tests.push({ title, body }),
    expect,
  });
  const outcomes = await Promise.all(
    tests.map(async ({ title, body }) => ((await passes(body, limitMs)) ? [] : [title])),
  );
  return outcomes.flat();
}

async function passes(body: () => Promise<void>, limitMs: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs);
  });
  const outcome = body().then(
    () => true,
    () => false,
  );
  return Promise.race([outcome, limit]).finally(() => clearTimeout(timer));
}

/** What is wrong with a store: the methods that differ from a right one. */
export type StoreFault = (right: Store) => Partial<Store>;

/** What a store suite takes: a memory store with a fault. */
export function faulty(fault: StoreFault) {
  return {
    setup: async () => {
      const right = createMemoryStore();
      return { store: { ...right, ...fault(right) }, teardown: async () => {} };
    },
  };
}

/** A pause that lets others go first. */
export function breath(): Promise<void> {
  return new Promise((resume) => setImmediate(resume));
}

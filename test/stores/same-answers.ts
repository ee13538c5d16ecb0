import { parseRunId, runIdOf, type Store } from "@loom/core";

import * as fc from "fast-check";
import { HISTORY, migrationOf } from "./builders.ts";
import { askAll, deedsOn } from "./deeds.ts";

/** What two stores answered to the same deeds. */
export interface Answers {
  readonly expected: readonly unknown[];
  readonly found: readonly unknown[];
}

const anyId = fc
  .oneof(
    fc.string({ unit: "binary", minLength: 1, maxLength: 40 }),
    fc.string({
      unit: fc.constantFrom("_", "{", "}", ":", "/", "%", "\\", "A", "a"),
      minLength: 1,
      maxLength: 9,
    }),
    fc.constantFrom("__proto__", "constructor", "{}", "{m}:c:a", "😀".repeat(50), "İ", "ß"),
  )
  .filter((id) => parseRunId(runIdOf("m", id))?.candidateId === id);

/**
 * A property: whatever is done, with whatever ids and values the rules allow, two stores give the same answers.
 *
 * @param law compares what they answered, and throws when it differs
 */
export function sameAnswers(
  open: () => Promise<{ readonly reference: Store; readonly store: Store }>,
  law: (answers: Answers) => void,
): fc.IAsyncPropertyWithHooks<unknown> {
  const world = fc
    .uniqueArray(anyId, { minLength: 2, maxLength: 4 })
    .chain((ids) => fc.record({ ids: fc.constant(ids), deeds: deedsOn(ids) }));
  return fc.asyncProperty(world, async ({ ids, deeds }) => {
    const { reference, store } = await open();
    const answers = async (asked: Store): Promise<readonly unknown[]> => {
      const registration = { migration: migrationOf("m"), owner: "ada", history: HISTORY };
      const given: unknown[] = [await asked.register(registration)];
      for (const deed of deeds) given.push(await deed(asked));
      return [...given, await askAll(asked, ids)];
    };
    law({ expected: await answers(reference), found: await answers(store) });
  });
}

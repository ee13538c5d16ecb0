import { LoomError } from "@loom/core";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createKeys } from "./keys.ts";

const text = fc.string({ unit: fc.constantFrom("{", "}", ":", "%", "a", "é"), maxLength: 12 });

describe("the keys of a store", () => {
  const keysOf = (migrationId: string, id: string) => {
    const of = createKeys("loom").of(migrationId);
    const fixed = [of.migration, of.discoveries, of.removed, of.steps, of.kinds, of.history];
    const rest = [of.cancelled, of.plans, of.due, of.outbox, of.status("n"), of.answer("t")];
    return [...fixed, ...rest, of.candidate(id), of.manifest(id), of.view(id), of.run(id, 1)];
  };

  test("of one migration are in one slot, whatever its id and those of its candidates hold", () => {
    fc.assert(
      fc.property(text, text, (migrationId, id) => {
        expect(new Set(keysOf(migrationId, id).map(hashedPartOf)).size).toBe(1);
      }),
    );
  });

  test("differ when anything in them does", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(text, text), { minLength: 2, maxLength: 4, comparator: same }),
        (pairs) => {
          const candidates = pairs.map(([migrationId, id]) =>
            createKeys("loom").of(migrationId).candidate(id),
          );
          expect(new Set(candidates).size).toBe(pairs.length);
          expect(new Set(keysOf(pairs[0]?.[0] ?? "", "a")).size).toBe(16);
        },
      ),
    );
  });

  for (const prefix of ["", "a{b", "}"])
    test(`refuse the prefix ${JSON.stringify(prefix)}`, () => {
      const refused = () => createKeys(prefix);
      expect(refused).toThrow(LoomError);
      expect(refused).toThrow("without braces");
    });
});

function same(one: readonly string[], other: readonly string[]): boolean {
  return one[0] === other[0] && one[1] === other[1];
}

/** What decides on the slot of a key, by the specification of Redis Cluster. */
function hashedPartOf(key: string): string {
  const from = key.indexOf("{");
  const to = key.indexOf("}", from + 1);
  return from >= 0 && to > from + 1 ? key.slice(from + 1, to) : key;
}

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createKeys, type Keys } from "./keys.ts";

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

  test("of one prefix are none of another, whatever apps and migrations are called", () => {
    const word = fc.constantFrom("p", "app", "layout", "migrations", "m", "{m}", ":", "%7b");
    const words = fc.array(word, { minLength: 1, maxLength: 4 }).map((found) => found.join(":"));
    const prefix = words.filter((each) => !/[{}]/.test(each));
    fc.assert(
      fc.property(prefix, prefix, words, words, (one, other, name, otherName) => {
        fc.pre(one !== other);
        const others = new Set(allOf(createKeys(other), otherName));
        const shared = allOf(createKeys(one), name).filter((key) => others.has(key));
        expect(shared).toEqual([]);
      }),
    );
  });

  test("of one prefix differ when an app is called as a key of ours", () => {
    const { app, layout, migrations, of } = createKeys("p");
    const keys = [app("layout"), app("migrations"), app("{m}"), app("m"), layout, migrations];
    expect(new Set([...keys, of("m").migration]).size).toBe(7);
  });
});

/** A key of each kind. */
function allOf({ migrations, layout, app, of }: Keys, id: string): readonly string[] {
  const { migration, candidate, run, status } = of(id);
  return [migrations, layout, app(id), migration, candidate(id), run(id, 1), status("n")];
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return one[0] === other[0] && one[1] === other[1];
}

/** What decides on the slot of a key, by the specification of Redis Cluster. */
function hashedPartOf(key: string): string {
  const from = key.indexOf("{");
  const to = key.indexOf("}", from + 1);
  return from >= 0 && to > from + 1 ? key.slice(from + 1, to) : key;
}

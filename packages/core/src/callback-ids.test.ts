import fc from "fast-check";
import { expect, test } from "vitest";
import { createCallbackIds, randomSecret } from "./callback-ids.ts";
import { CALLBACK_PREFIX } from "./domain/ids.ts";
import { LoomError } from "./errors.ts";

const SECRET = "a secret of more than sixteen characters";
const target = fc.record({
  runId: fc.string({ unit: "grapheme", minLength: 1, maxLength: 200 }).map((id) => `m__${id}`),
  call: fc.record({
    attempt: fc.integer({ min: 1 }),
    kind: fc.constantFrom("do" as const, "undo" as const),
    step: fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }),
    number: fc.integer({ min: 1 }),
  }),
});

test("a callback id names the call that it was issued for and fits into a path unescaped", async () => {
  const ids = createCallbackIds([SECRET]);
  await fc.assert(
    fc.asyncProperty(target, async (wanted) => {
      const id = await ids.issue(wanted);
      expect(id).toMatch(/^L1\.[A-Za-z0-9_.-]+$/);
      expect(await ids.read(id)).toEqual(wanted);
    }),
  );
});

test("a callback id with any one character changed is not ours", async () => {
  const ids = createCallbackIds([SECRET]);
  await fc.assert(
    fc.asyncProperty(target, fc.nat(), fc.constantFrom("A", "b", "0", "_"), async (of, at, put) => {
      const id = await ids.issue(of);
      const index = CALLBACK_PREFIX.length + (at % (id.length - CALLBACK_PREFIX.length - 1));
      fc.pre(id[index] !== put);
      const forged = id.slice(0, index) + put + id.slice(index + 1);
      expect(await ids.read(forged)).toBeNull();
    }),
  );
});

test.each([
  "",
  "L1.",
  "L1..",
  "L1.e30.",
  "L1.e30",
  "m__c",
  "L1.e30.AAAA.AAAA",
  "L1.é.é",
  "L1.%00.A",
])("what was never issued is not ours: %j", async (id) => {
  expect(await createCallbackIds([SECRET]).read(id)).toBeNull();
});

test("after a rotation the old ids are still read, and a dropped secret's are not", async () => {
  const of = { runId: "m__c", call: { attempt: 1, kind: "do" as const, step: "s", number: 1 } };
  const [old, next] = [randomSecret(), randomSecret()];
  const id = await createCallbackIds([old]).issue(of);
  expect(await createCallbackIds([next, old]).read(id)).toEqual(of);
  expect(await createCallbackIds([next]).read(id)).toBeNull();
});

test("the longest ids stay within 2,000 characters", async () => {
  const of = {
    runId: `${"m".repeat(100)}__${"é".repeat(200)}`,
    call: { attempt: 9999, kind: "undo" as const, step: "文".repeat(128), number: 9999 },
  };
  expect((await createCallbackIds([SECRET]).issue(of)).length).toBeLessThanOrEqual(2000);
});

test.each([[[]], [["short"]], [[SECRET, ""]]])("secrets %j are refused at once", (secrets) => {
  expect(() => createCallbackIds(secrets)).toThrow(LoomError);
});

import { randomBytes } from "node:crypto";
import * as fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { expect, test } from "vitest";
import { LoomError } from "@loom/core";
import { createSignatures } from "./signatures.ts";

const secret = (): string => `whsec_${randomBytes(32).toString("base64")}`;
const now = (): number => Math.floor(Date.now() / 1000);

test("signs and verifies as the npm package standardwebhooks does", async () => {
  const property = fc.asyncProperty(
    fc.uint8Array({ minLength: 24, maxLength: 64 }),
    fc.string({ minLength: 1, unit: "grapheme-ascii" }),
    fc.string({ unit: "grapheme" }),
    async (bytes, id, body) => {
      const key = `whsec_${Buffer.from(bytes).toString("base64")}`;
      const theirs = new Webhook(key);
      const timestamp = now();
      const signatures = createSignatures([key]);
      const header = await signatures.sign({ id, timestamp, body });
      expect(header).toBe(theirs.sign(id, new Date(timestamp * 1000), body));
      expect(await signatures.verify({ id, timestamp, body }, header)).toBe(true);
      const headers = {
        "webhook-id": id,
        "webhook-timestamp": String(timestamp),
        "webhook-signature": header,
      };
      expect(() => theirs.verify(body, headers, { jsonParse: false })).not.toThrow();
    },
  );
  await fc.assert(property);
});

test("accepts a message signed by the old secret, and signs by both, while a rotation lasts", async () => {
  const [old, current] = [secret(), secret()];
  const message = { id: "m1", timestamp: now(), body: "{}" };
  const rotating = createSignatures([current, old]);
  const byOld = await createSignatures([old]).sign(message);
  expect(await rotating.verify(message, byOld)).toBe(true);
  const byBoth = await rotating.sign(message);
  expect(await createSignatures([old]).verify(message, byBoth)).toBe(true);
  expect(await createSignatures([current]).verify(message, byBoth)).toBe(true);
  expect(await createSignatures([current]).verify(message, byOld)).toBe(false);
});

test.each([
  ["another body", { body: "{ }" }],
  ["another id", { id: "m2" }],
  ["another timestamp", { timestamp: 5 }],
])("refuses a signature over %s", async (_, change) => {
  const signatures = createSignatures([secret()]);
  const message = { id: "m1", timestamp: 4, body: "{}" };
  const header = await signatures.sign(message);
  expect(await signatures.verify({ ...message, ...change }, header)).toBe(false);
});

test("refuses truncated, empty, foreign and non-ASCII signatures", async () => {
  const signatures = createSignatures([secret()]);
  const message = { id: "m1", timestamp: 4, body: "{}" };
  const header = await signatures.sign(message);
  const bare = header.slice(3);
  const hostile = [
    "",
    "v1,",
    "v1",
    bare,
    `v2,${bare}`,
    header.slice(0, -4),
    `v1,${"é".repeat(43)}=`,
  ];
  const accepted = await Promise.all(hostile.map((text) => signatures.verify(message, text)));
  expect(hostile.filter((_, index) => accepted[index])).toEqual([]);
});

test.each([[[]], [["whsec_"]], [["not base64!"]], [["c2hvcnQ="]]])(
  "refuses %j as secrets",
  (secrets) => {
    expect(() => createSignatures(secrets)).toThrow(LoomError);
  },
);

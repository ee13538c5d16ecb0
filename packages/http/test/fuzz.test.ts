import { routes } from "@loom/core/wire";
import { createLoomHandler } from "@loom/http";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { expectDeclared } from "./support/declared.ts";
import type { Sent } from "./support/stage.ts";
import { announcementOf, send, silent, stageLoom, stageServer } from "./support/stage.ts";

/** How many requests, when the whole promise is to be seen: `LOOM_FUZZ=100000 npm test -- fuzz`. */
const WANTED = Number(process.env["LOOM_FUZZ"] ?? 0);
const AT_THE_HANDLER = WANTED || 3_000;
const OVER_A_PORT = WANTED || 1_000;

const unit = fc.nat(0x10ffff).map((codePoint) => String.fromCodePoint(codePoint));
const hostile = fc.constantFrom(
  "__proto__",
  "constructor",
  "toString",
  "..",
  ".",
  "%2f",
  "%00",
  "%",
  "%zz",
  "%ff",
  "a%2f..%2fb",
  "\r\nx: y",
  "{}",
  ":",
  "L1.",
  "L1.a.b",
  "chart-upgrade__billing",
  "chart-upgrade__",
  "\ud800",
  "🧵",
);
const id = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom("chart-upgrade", "billing", "ledger") },
  hostile,
  fc.string({ unit, maxLength: 300 }),
);
const segment = id.map(encoded);
const path = fc
  .tuple(fc.constantFrom(...routes), fc.array(segment, { minLength: 3, maxLength: 3 }))
  .map(([route, ids]) =>
    ids.reduce((made, each) => made.replace(/\{\w+\}/, () => each), route.path),
  );
const query = fc.oneof(
  fc.constant(""),
  fc
    .tuple(fc.constantFrom("limit", "cursor", "status", "q", "kind", "stepStatus", "__proto__"), id)
    .map(([name, value]) => `?${name}=${encoded(value)}`),
);
const known = fc.constantFrom(
  "id",
  "name",
  "steps",
  "candidates",
  "inputs",
  "stepName",
  "candidateId",
  "success",
  "phase",
  "metadata",
  "attempt",
  "discovery",
  "migratorUrl",
  "reason",
  "compensate",
  "__proto__",
);
const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  node: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(null, true, false, 0, 1, -1, 1e300, "billing", "bump", "approve", "merged"),
    hostile,
    fc.array(tie("node"), { maxLength: 4 }),
    fc
      .array(fc.tuple(known, tie("node")), { maxLength: 6 })
      .map((entries) => Object.fromEntries(entries) as unknown),
  ),
})).node;
const body = fc.oneof(
  fc.constant(undefined),
  value.map((each) => JSON.stringify(each)),
  fc.string({ unit, maxLength: 200 }),
);
const sent: fc.Arbitrary<Sent> = fc.record({
  method: fc.constantFrom("GET", "POST", "PATCH", "DELETE", "PUT", "HEAD", "OPTIONS"),
  path: fc.tuple(path, query).map((parts) => parts.join("")),
  as: fc.constantFrom("operator", "migrator", "nobody"),
  body,
});

test("random requests at the handler: every answer is the contract's, none is 5xx", {
  timeout: limitOf(AT_THE_HANDLER),
}, async () => {
  const { loom, migratorUrl } = await stageLoom();
  await loom.announce(announcementOf(migratorUrl));
  const unexpected: unknown[] = [];
  const handler = createLoomHandler(loom, {
    allowUnauthenticated: true,
    logger: { ...silent, error: (fields) => void unexpected.push(fields) },
  });
  await fc.assert(
    fc.asyncProperty(sent, async ({ method = "GET", path: target, body: payload }) => {
      const hasBody = payload !== undefined && method !== "GET" && method !== "HEAD";
      const init = hasBody
        ? { method, body: payload as string, headers: { "content-type": "application/json" } }
        : { method };
      const request = new Request(`http://loom.example${target}`, init);
      const reply = await handler(request);
      const text = await reply.text();
      expect(text === "" || typeof JSON.parse(text) === "object").toBe(true);
      const { pathname } = new URL(request.url);
      if (reply.status >= 400 && text !== "") expectDeclared(method, pathname, JSON.parse(text));
      // A fuzzed announcement may register a migrator that cannot be reached: that is the migrator's 502.
      expect([500, 501, 503, 504]).not.toContain(reply.status);
    }),
    { numRuns: AT_THE_HANDLER },
  );
  expect(unexpected).toEqual([]);
});

test("random requests over a real port crash nothing", {
  timeout: limitOf(OVER_A_PORT),
}, async () => {
  const stage = await stageServer();
  await stage.loom.announce(announcementOf(stage.migratorUrl));
  await fc.assert(
    fc.asyncProperty(sent, async (each) => {
      const { status } = await send(stage.origin, each);
      expect([500, 501, 503, 504]).not.toContain(status);
    }),
    { numRuns: OVER_A_PORT },
  );
  expect(stage.logged).toEqual([]);
  expect((await stage.send({ path: "/readyz" })).status).toBe(200);
});

/** Half a character cannot be encoded, but a hostile sender can write one. */
function encoded(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    return "%ed%a0%80";
  }
}

/** A limit is for what hangs, in milliseconds. */
function limitOf(requests: number): number {
  return 60_000 + 20 * requests;
}

import { randomBytes } from "node:crypto";
import { anyOf, bearerTokens, createLoomHandler, standardWebhooks } from "@loom/http";
import { Webhook } from "standardwebhooks";
import { expect, test } from "vitest";
import { announcementOf, silent, stageLoom, tokens, TOKENS } from "./support/stage.ts";

const secret = (): string => `whsec_${randomBytes(24).toString("base64")}`;
const [old, current, foreign] = [secret(), secret(), secret()];
const NOW = Date.parse("2026-03-01T12:00:00Z");
const body = JSON.stringify(announcementOf("https://charts.example"));

async function stage() {
  let now = NOW;
  const clock = { now: () => now, after: () => () => undefined };
  const { loom } = await stageLoom();
  const signatures = standardWebhooks({ migrators: { charts: [current, old] }, clock });
  const handler = createLoomHandler(loom, {
    authorize: anyOf(bearerTokens({ operator: tokens.operator }), signatures),
    logger: silent,
  });
  const announce = async (
    headers: Record<string, string>,
    path = "/registry/announce",
    sent = body,
  ) => {
    const init = {
      method: "POST",
      body: sent,
      headers: { "content-type": "application/json", ...headers },
    };
    return (await handler(new Request(`http://loom.example${path}`, init))).status;
  };
  const later = (seconds: number): void => {
    now += seconds * 1000;
  };
  return { loom, announce, later };
}

/** Headers as a migrator in another language would make them, by the npm package. */
const signed = (key: string, { id = "msg-1", at = NOW, over = body } = {}) => ({
  "webhook-id": id,
  "webhook-timestamp": String(Math.floor(at / 1000)),
  "webhook-signature": new Webhook(key).sign(id, new Date(at), over),
});

test.each([
  ["the current", current],
  ["the older", old],
])("lets a migrator in by a signature of %s secret, and knows it by name", async (_, key) => {
  const { announce, loom } = await stage();
  expect(await announce(signed(key))).toBe(200);
  const { history } = await loom.listHistory("chart-upgrade");
  expect(new Set(history.map(({ actor }) => actor.id))).toEqual(new Set(["charts"]));
});

test.each([
  ["a foreign secret", signed(foreign)],
  ["another body", signed(current, { over: `${body} ` })],
  ["no signature", { "webhook-id": "a", "webhook-timestamp": String(NOW / 1000) }],
  ["an empty signature", { ...signed(current), "webhook-signature": "" }],
  [
    "a truncated signature",
    { ...signed(current), "webhook-signature": signed(current)["webhook-signature"].slice(0, -4) },
  ],
  ["a non-ASCII signature", { ...signed(current), "webhook-signature": "v1,\u00e9\u00e9" }],
  [
    "another version",
    {
      ...signed(current),
      "webhook-signature": signed(current)["webhook-signature"].replace("v1,", "v2,"),
    },
  ],
  ["no id", { ...signed(current), "webhook-id": "" }],
  ["another id", { ...signed(current), "webhook-id": "msg-2" }],
  ["no timestamp", { ...signed(current), "webhook-timestamp": "" }],
  ["a timestamp that is no number", { ...signed(current), "webhook-timestamp": "NaN" }],
  ["a fractional timestamp", { ...signed(current), "webhook-timestamp": `${NOW / 1000}.5` }],
  ["a timestamp 301 s old", signed(current, { at: NOW - 301_000 })],
  ["a timestamp 301 s ahead", signed(current, { at: NOW + 301_000 })],
  ["nothing at all", {}],
])("does not let in by %s", async (_, headers) => {
  const { announce, loom } = await stage();
  expect(await announce(headers as Record<string, string>)).toBe(401);
  expect(await loom.listMigrations()).toEqual([]);
});

test.each([-300, 300])("a timestamp of %i s is good", async (seconds) => {
  const { announce } = await stage();
  expect(await announce(signed(current, { at: NOW + seconds * 1000 }))).toBe(200);
});

test("a repetition passes, and a replay to another route does not", async () => {
  const { announce, later } = await stage();
  const headers = signed(current);
  expect(await announce(headers)).toBe(200);
  expect(await announce(headers)).toBe(200);
  expect(await announce(headers, "/migrations/chart-upgrade/candidates")).toBe(401);
  later(299);
  expect(await announce(headers, "/migrations/chart-upgrade/candidates")).toBe(401);
  later(2);
  expect(await announce(headers)).toBe(401);
});

test("an id is free again when its message is too old to be replayed", async () => {
  const { announce, later } = await stage();
  expect(await announce(signed(current))).toBe(200);
  later(601);
  const fresh = signed(current, { at: NOW + 601_000, over: '{"candidates":[]}' });
  expect(await announce(fresh, "/migrations/chart-upgrade/candidates", '{"candidates":[]}')).toBe(
    200,
  );
});

test("a signature opens no operator's route, and an operator's token no migrator's", async () => {
  const { announce } = await stage();
  const start = "/migrations/chart-upgrade/candidates/billing/start";
  expect(await announce(signed(current, { over: "{}" }), start, "{}")).toBe(401);
  expect(await announce({ authorization: `Bearer ${TOKENS.operator}` })).toBe(403);
});

test("a body over the limit is refused while it is read for the signature", async () => {
  const { announce } = await stage();
  const large = JSON.stringify({ candidates: [], filler: "x".repeat(8 << 20) });
  expect(await announce(signed(current, { over: large }), undefined, large)).toBe(413);
});

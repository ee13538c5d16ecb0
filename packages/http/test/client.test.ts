import { randomBytes } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { Webhook } from "standardwebhooks";
import { expect, onTestFinished, test } from "vitest";
import type { MigratorClientOptions } from "@loom/http";
import { createMigratorClient } from "@loom/http";
import { compensateRequest, dispatchRequest, dryRunRequest } from "./support/requests.ts";
import type { Listener } from "./support/servers.ts";
import { bodyOf, httpServer } from "./support/servers.ts";

const client = (options: MigratorClientOptions = {}) => {
  const migrators = createMigratorClient(options);
  onTestFinished(() => migrators.close());
  return migrators;
};

const answering =
  (status: number, body = "", headers: Record<string, string> = {}): Listener =>
  (_, response) =>
    void response.writeHead(status, headers).end(body);

/** What the client makes of one answer to a dispatch. */
const dispatchTo = async (listener: Listener, options?: MigratorClientOptions) =>
  client(options).dispatchStep({ app: "charts", url: await httpServer(listener) }, dispatchRequest);

const dryRunAt = async (listener: Listener, options?: MigratorClientOptions) =>
  client(options).dryRun({ app: "charts", url: await httpServer(listener) }, dryRunRequest);

test("posts a dispatch, a compensation and a dry run below the path of the migrator's URL", async () => {
  const seen: unknown[] = [];
  const url = await httpServer(({ method, url: path, headers }, response) => {
    seen.push([method, path, headers["content-type"]]);
    response.end('{"steps":[]}');
  });
  const to = { app: "charts", url: `${url}/team/charts/` };
  const migrators = client();
  expect(await migrators.dispatchStep(to, dispatchRequest)).toEqual({ type: "accepted" });
  expect(await migrators.compensateStep(to, compensateRequest)).toEqual({ type: "accepted" });
  expect(await migrators.dryRun(to, dryRunRequest)).toEqual({ steps: [] });
  expect(seen).toEqual([
    ["POST", "/team/charts/dispatch-step", "application/json"],
    ["POST", "/team/charts/compensate-step", "application/json"],
    ["POST", "/team/charts/dry-run", "application/json"],
  ]);
});

test.each(["timeoutMs", "maxResponseBytes", "maxDryRunBytes"])(
  "refuses a %s that limits nothing",
  (name) => {
    for (const value of [0, -1, Number.NaN])
      expect(() => createMigratorClient({ [name]: value })).toThrow(
        expect.objectContaining({
          code: "invalid_configuration",
          message: expect.stringContaining(name),
        }),
      );
  },
);

test("sends the request as JSON, every field of it", async () => {
  const received: unknown[] = [];
  await dispatchTo(async (request, response) => {
    received.push(JSON.parse(await bodyOf(request)));
    response.end();
  });
  expect(received).toEqual([dispatchRequest]);
});

test.each([200, 201, 202, 204, 299])("takes %i as accepted, whatever the body", async (status) => {
  const body = status === 204 ? "" : "<not json>";
  expect(await dispatchTo(answering(status, body))).toEqual({ type: "accepted" });
});

test.each([
  [400, '{"detail":"No such branch"}', "No such branch"],
  [404, "", "The migrator charts answered 404."],
  [409, '{"error":"busy\\u0000\\nfor good"}', "busy for good"],
  [408, '{"detail":"Too slow"}', "Too slow"],
  [422, "plain words", "plain words"],
])("takes %i with %j as refused: %j", async (status, body, error) => {
  expect(await dispatchTo(answering(status, body))).toEqual({ type: "refused", error });
});

test.each([301, 302, 303, 307, 308])("never follows a %i", async (status) => {
  let followed = 0;
  const elsewhere = await httpServer((_, response) => void response.end(String((followed += 1))));
  const outcome = await dispatchTo(answering(status, "", { location: `${elsewhere}/x` }));
  expect(outcome).toEqual({
    type: "refused",
    error: `The migrator charts answered ${status}, a redirect, which is never followed: announce the final URL.`,
  });
  expect(followed).toBe(0);
});

test.each([500, 502, 503, 504, 429])("takes %i as worth another try", async (status) => {
  const outcome = await dispatchTo(answering(status, '{"detail":"Down"}', { "retry-after": "7" }));
  expect(outcome).toEqual({
    type: "unavailable",
    error: `The migrator charts answered ${status}: Down`,
    retryAfterMs: 7_000,
  });
});

test("reads a Retry-After date by its own clock", async () => {
  const at = Date.parse("2026-03-01T12:00:00Z");
  const clock = { now: () => at, after: () => () => undefined };
  const listener = answering(429, "", { "retry-after": "Sun, 01 Mar 2026 12:00:30 GMT" });
  expect(await dispatchTo(listener, { clock })).toMatchObject({ retryAfterMs: 30_000 });
});

test("signs every request so that standardwebhooks verifies it, by both secrets of a rotation", async () => {
  const secrets = [1, 2].map(() => `whsec_${randomBytes(24).toString("base64")}`);
  const seen: { headers: IncomingHttpHeaders; body: string }[] = [];
  const url = await httpServer(async (request, response) => {
    seen.push({ headers: request.headers, body: await bodyOf(request) });
    response.end('{"steps":[]}');
  });
  const migrators = client({ secrets });
  await migrators.dispatchStep({ app: "charts", url }, dispatchRequest);
  await migrators.dryRun({ app: "charts", url }, dryRunRequest);
  for (const { headers, body } of seen)
    for (const secret of secrets)
      expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toBeDefined();
  expect(seen.map(({ headers }) => headers["webhook-id"])).toEqual([
    dispatchRequest.dispatchId,
    expect.stringMatching(/^dry-run:/),
  ]);
});

test("reads a preview and drops what it does not know", async () => {
  const files = [{ path: "a", repo: "r", status: "new", after: "x", mode: 7 }];
  const body = JSON.stringify({ steps: [{ stepName: "bump", skipped: false, files }], more: 1 });
  expect(await dryRunAt(answering(200, body))).toEqual({
    steps: [
      {
        stepName: "bump",
        skipped: false,
        files: [{ path: "a", repo: "r", status: "new", after: "x" }],
      },
    ],
  });
});

test.each([
  [200, "not json"],
  [200, '{"steps":7}'],
  [200, ""],
  [202, '{"steps":[]}'],
  [302, ""],
  [400, '{"detail":"no"}'],
  [500, "boom"],
])("calls a dry run answered by %i with %j a bad response", async (status, body) => {
  await expect(dryRunAt(answering(status, body))).rejects.toMatchObject({
    code: "migrator_bad_response",
  });
});

test("tells a preview that is too long from one that is not", async () => {
  const body = JSON.stringify({
    steps: [{ stepName: "bump", skipped: true, error: "x".repeat(900) }],
  });
  const limit = { maxDryRunBytes: body.length };
  await expect(dryRunAt(answering(200, body), limit)).resolves.toBeDefined();
  await expect(dryRunAt(answering(200, `${body} `), limit)).rejects.toMatchObject({
    code: "migrator_bad_response",
    message: "The migrator charts gave an answer that is too long.",
  });
});

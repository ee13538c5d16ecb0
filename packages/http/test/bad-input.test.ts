import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { Sent } from "./support/stage.ts";
import { announcementOf, stageServer } from "./support/stage.ts";

const MIGRATION = "/migrations/chart-upgrade";
const BILLING = `${MIGRATION}/candidates/billing`;
const START = { method: "POST", path: `${BILLING}/start` };
const ANNOUNCE = { method: "POST", path: "/registry/announce", as: "migrator" } as const;
const SUBMIT = { method: "POST", path: `${MIGRATION}/candidates`, as: "migrator" } as const;
const EVENT = { method: "POST", path: "/event/chart-upgrade__billing" };
const RETRY = { method: "POST", path: `${BILLING}/retry-step` };
const valid = announcementOf("https://charts.example");
const deep = (depth: number): string => `${"[".repeat(depth)}${"]".repeat(depth)}`;

/** Everything that the contract says is wrong, and the problem that it promises. */
const bad: readonly (readonly [string, number, string, Sent])[] = [
  ["not JSON", 400, "validation_failed", { ...START, body: "{" }],
  ["not UTF-8", 400, "validation_failed", { ...START, body: new Uint8Array([0x22, 0xff, 0x22]) }],
  ["null", 400, "validation_failed", { ...START, body: "null" }],
  ["a list", 400, "validation_failed", { ...START, body: "[]" }],
  ["a text", 400, "validation_failed", { ...START, body: '"x"' }],
  ["nested too deep", 400, "validation_failed", { ...START, body: deep(33) }],
  ["inputs that are no map", 400, "validation_failed", { ...START, body: { inputs: ["x"] } }],
  [
    "inputs that are no text",
    400,
    "validation_failed",
    { ...START, body: { inputs: { targetVersion: 2 } } },
  ],
  ["an unknown input", 422, "unknown_input", { ...START, body: { inputs: { nope: "1" } } }],
  [
    "another content type",
    415,
    "unsupported_media_type",
    { ...START, body: "{}", headers: { "content-type": "text/plain" } },
  ],
  [
    "another charset",
    415,
    "unsupported_media_type",
    { ...START, body: "{}", headers: { "content-type": "application/json; charset=latin1" } },
  ],
  [
    "a form",
    415,
    "unsupported_media_type",
    { ...START, body: "a=b", headers: { "content-type": "application/x-www-form-urlencoded" } },
  ],
  [
    "gzip",
    415,
    "unsupported_media_type",
    { ...START, body: gzipSync("{}"), headers: { "content-encoding": "gzip" } },
  ],
  [
    "a large body",
    413,
    "payload_too_large",
    { ...START, body: { inputs: { a: "x".repeat(1 << 20) } } },
  ],
  ["an announcement without a body", 400, "validation_failed", ANNOUNCE],
  [
    "an announcement without steps",
    400,
    "validation_failed",
    { ...ANNOUNCE, body: { ...valid, steps: undefined } },
  ],
  [
    "a bad migration id",
    400,
    "validation_failed",
    { ...ANNOUNCE, body: { ...valid, id: "Chart__Upgrade" } },
  ],
  [
    "two steps of one name",
    400,
    "validation_failed",
    { ...ANNOUNCE, body: { ...valid, steps: [{ name: "a" }, { name: "a" }] } },
  ],
  [
    "a file: migratorUrl",
    400,
    "validation_failed",
    { ...ANNOUNCE, body: { ...valid, migratorUrl: "file:///etc/passwd" } },
  ],
  [
    "credentials in the migratorUrl",
    400,
    "validation_failed",
    { ...ANNOUNCE, body: { ...valid, migratorUrl: "http://a:b@c.example" } },
  ],
  [
    "a candidate id of ..",
    400,
    "validation_failed",
    { ...SUBMIT, body: { candidates: [{ id: ".." }] } },
  ],
  [
    "a candidate id with NUL",
    400,
    "validation_failed",
    { ...SUBMIT, body: { candidates: [{ id: "a\0b" }] } },
  ],
  [
    "a lone surrogate",
    400,
    "validation_failed",
    { ...SUBMIT, body: '{"candidates":[{"id":"\\ud800"}]}' },
  ],
  [
    "a submission to nowhere",
    404,
    "migration_not_found",
    { ...SUBMIT, path: "/migrations/nowhere/candidates", body: { candidates: [] } },
  ],
  [
    "an unknown phase",
    400,
    "validation_failed",
    {
      ...EVENT,
      body: { stepName: "bump", candidateId: "billing", success: true, phase: "nearly" },
    },
  ],
  [
    "an event without success",
    400,
    "validation_failed",
    { ...EVENT, body: { stepName: "bump", candidateId: "billing" } },
  ],
  [
    "an event for no run id",
    404,
    "run_not_found",
    {
      ...EVENT,
      path: "/event/nonsense",
      body: { stepName: "bump", candidateId: "billing", success: true },
    },
  ],
  [
    "an event for a run that is none",
    404,
    "run_not_found",
    { ...EVENT, body: { stepName: "bump", candidateId: "billing", success: true } },
  ],
  [
    "a foreign callback id",
    401,
    "unauthenticated",
    {
      ...EVENT,
      path: "/event/L1.abc.def",
      as: "nobody",
      body: { stepName: "bump", candidateId: "billing", success: true },
    },
  ],
  ["a retry without a body", 400, "validation_failed", RETRY],
  [
    "a retry of what does not run",
    409,
    "invalid_transition",
    { ...RETRY, body: { stepName: "bump" } },
  ],
  [
    "an attempt that is no number",
    400,
    "validation_failed",
    { ...RETRY, body: { stepName: "bump", attempt: "1" } },
  ],
  [
    "an execute of what is not queued",
    409,
    "invalid_transition",
    { method: "POST", path: `${BILLING}/execute` },
  ],
  [
    "a dequeue of what is not queued",
    409,
    "invalid_transition",
    { method: "DELETE", path: `${BILLING}/dequeue` },
  ],
  [
    "a cancel of what does not run",
    409,
    "invalid_transition",
    { method: "POST", path: `${BILLING}/cancel` },
  ],
  [
    "inputs without inputs",
    400,
    "validation_failed",
    { method: "PATCH", path: `${BILLING}/inputs`, body: {} },
  ],
  ["a limit of a billion", 400, "validation_failed", { path: `${MIGRATION}/candidates?limit=1e9` }],
  ["a limit of zero", 400, "validation_failed", { path: `${MIGRATION}/candidates?limit=0` }],
  [
    "a limit that comes twice",
    400,
    "validation_failed",
    { path: `${MIGRATION}/candidates?limit=1&limit=2` },
  ],
  [
    "an unknown status",
    400,
    "validation_failed",
    { path: `${MIGRATION}/candidates?status=failed` },
  ],
  [
    "a cursor that is none of ours",
    400,
    "validation_failed",
    { path: `${MIGRATION}/candidates?cursor=%7B%7D` },
  ],
  ["a malformed percent sign", 400, "validation_failed", { path: "/migrations/%zz" }],
  ["an encoded slash in a migration id", 400, "validation_failed", { path: "/migrations/a%2fb" }],
  ["an encoded way up", 400, "validation_failed", { path: "/migrations/..%2f..%2fhealthz" }],
  ["an encoded NUL", 400, "validation_failed", { path: `${MIGRATION}/candidates/%00` }],
  ["an encoded ..", 400, "validation_failed", { path: `${MIGRATION}/candidates/%2e%2e` }],
  ["a prototype's name", 400, "validation_failed", { path: "/migrations/__proto__" }],
  ["an unknown migration", 404, "migration_not_found", { path: "/migrations/constructor" }],
  [
    "an unknown candidate",
    404,
    "candidate_not_found",
    { path: `${MIGRATION}/candidates/__proto__` },
  ],
  [
    "a candidate that looks like a path",
    404,
    "candidate_not_found",
    { path: `${MIGRATION}/candidates/..%2fbilling` },
  ],
  ["a run that is none", 404, "run_not_found", { path: `${BILLING}/steps` }],
  ["an unknown address", 404, "not_found", { path: "/nowhere" }],
  ["a wrong method", 405, "method_not_allowed", { method: "PUT", path: MIGRATION }],
];

describe("bad input gets its problem and changes nothing", () => {
  test.each(bad)("%s is %i %s", async (_, status, code, sent) => {
    const { send, loom, migratorUrl } = await stageServer();
    await loom.announce(announcementOf(migratorUrl));
    const everything = async () => ({
      migrations: await loom.listMigrations(),
      candidates: await loom.listCandidates("chart-upgrade"),
      history: await loom.listHistory("chart-upgrade"),
    });
    const before = await everything();
    const reply = await send(sent);
    expect(reply).toMatchObject({ status, json: { status, code, type: `urn:loom:error:${code}` } });
    expect(reply.headers["content-type"]).toBe("application/problem+json");
    expect(reply.text).not.toMatch(/node_modules|\.ts:|\bat .*\(/);
    expect(await everything()).toEqual(before);
  });
});

test("a validation problem names each field", async () => {
  const { send } = await stageServer();
  const reply = await send({ ...ANNOUNCE, body: { ...valid, name: 7, steps: [{}] } });
  expect(reply.json).toMatchObject({
    issues: expect.arrayContaining([
      { path: "name", message: "must be text" },
      { path: "steps.0.name", message: expect.any(String) },
    ]),
  });
});

test("a wrong method is told the right ones", async () => {
  const { send } = await stageServer();
  const reply = await send({ method: "DELETE", path: MIGRATION });
  expect(reply.headers["allow"]).toBe("GET, HEAD");
});

test("status, runId and version in a submitted candidate are dropped", async () => {
  const { send, loom, migratorUrl } = await stageServer();
  await loom.announce(announcementOf(migratorUrl));
  const sly = { id: "sly", status: "completed", runId: "x", version: 9, attempt: 7 };
  expect((await send({ ...SUBMIT, body: { candidates: [sly] } })).status).toBe(200);
  expect(await loom.getCandidate({ migrationId: "chart-upgrade", candidateId: "sly" })).toEqual({
    id: "sly",
    status: "not_started",
    updatedAt: expect.any(String),
  });
});

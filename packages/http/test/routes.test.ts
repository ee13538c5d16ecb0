import { parse, routes } from "@loom/core/wire";
import type { RouteId } from "@loom/core/wire";
import { createLoomHandler } from "@loom/http";
import { expect, test } from "vitest";
import type { Sent } from "./support/stage.ts";
import { announcementOf, stageServer } from "./support/stage.ts";

const MIGRATION = "/migrations/chart-upgrade";
const BILLING = `${MIGRATION}/candidates/billing`;
const LEDGER = `${MIGRATION}/candidates/ledger`;

const routeOf = (id: RouteId) => {
  const route = routes.find((each) => each.id === id);
  if (!route) throw new Error(`no route ${id}`);
  return route;
};

test("every route answers over a real port as the contract says, through the life of two runs", async () => {
  const { send, migratorUrl, dispatch } = await stageServer();
  const answered = new Set<RouteId>();
  /** Sends by the route's own method and holds the answer against its status and schema. */
  const call = async (id: RouteId, path: string, sent: Omit<Sent, "path" | "method"> = {}) => {
    const { method, audience, success } = routeOf(id);
    const as = audience === "migrator" ? "migrator" : "operator";
    const reply = await send({ as, ...sent, method, path });
    const { status, json, text } = reply;
    const body = success.schema ? parse(success.schema, json) : "";
    expect({ id, status, body: json ?? text }).toEqual({ id, status: success.status, body });
    expect(reply.headers).toMatchObject({
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    });
    answered.add(id);
    return reply.json;
  };
  const report = (callbackId: string, event: object) =>
    call("reportStep", `/event/${callbackId}`, {
      as: "nobody",
      body: { candidateId: "billing", success: true, ...event },
    });

  await call("getOpenApi", "/openapi.json", { as: "nobody" });
  await call("getLiveness", "/healthz", { as: "nobody" });
  await call("getReadiness", "/readyz", { as: "nobody" });
  await call("announceMigration", "/registry/announce", { body: announcementOf(migratorUrl) });
  const candidates = [{ id: "billing" }, { id: "ledger", kind: "service" }, { id: "mail" }];
  expect(
    await call("submitCandidates", `${MIGRATION}/candidates`, { body: { candidates } }),
  ).toEqual({ added: 1, updated: 1, unchanged: 1, removed: 0, preserved: 0 });
  expect(await call("listMigrations", "/migrations")).toMatchObject({
    migrations: [{ id: "chart-upgrade", counts: { notStarted: 3 } }],
  });
  await call("getMigration", MIGRATION);
  expect(await call("listCandidates", `${MIGRATION}/candidates?kind=service&limit=1`)).toEqual({
    candidates: [expect.objectContaining({ id: "ledger" })],
  });
  await call("getCandidate", BILLING);
  await call("previewCandidate", `${MIGRATION}/dry-run`, { body: { candidate: { id: "new" } } });
  expect(await call("dryRunCandidate", `${BILLING}/dry-run`)).toEqual({
    steps: [
      { stepName: "bump", skipped: true },
      { stepName: "approve", skipped: true },
    ],
  });

  expect(await call("queueRun", `${LEDGER}/queue`)).toMatchObject({ attempt: 1 });
  await call("dequeueRun", `${LEDGER}/dequeue`);
  await call("queueRun", `${LEDGER}/queue`, { body: { inputs: { targetVersion: "1" } } });
  await call("executeRun", `${LEDGER}/execute`);
  await dispatch(1);
  await call("startRun", `${BILLING}/start`, { body: { inputs: { targetVersion: "2" } } });
  const first = await dispatch(2);
  expect(first).toMatchObject({ candidate: { metadata: { targetVersion: "2" } }, stepAttempt: 1 });
  await call("updateInputs", `${BILLING}/inputs`, { body: { inputs: { targetVersion: "3" } } });
  await report(first.callbackId, { stepName: "bump", success: false, error: "No such branch" });
  await call("retryStep", `${BILLING}/retry-step`, { body: { stepName: "bump", attempt: 1 } });
  const second = await dispatch(3);
  expect(second).toMatchObject({ candidate: { metadata: { targetVersion: "3" } }, stepAttempt: 2 });
  await report(second.callbackId, { stepName: "bump", phase: "merged" });
  await dispatch(4);
  await call("reportStep", "/event/chart-upgrade__billing", {
    body: { stepName: "approve", candidateId: "billing", success: true },
  });
  expect(await call("getSteps", `${BILLING}/steps`)).toMatchObject({
    status: "completed",
    steps: [
      { stepName: "bump", status: "merged", failures: [{ stepAttempt: 1 }] },
      { stepName: "approve", status: "completed" },
    ],
  });
  await call("cancelRun", `${LEDGER}/cancel`, { body: { reason: "not this week" } });
  expect(await call("listCancelledAttempts", `${MIGRATION}/cancelled-attempts`)).toMatchObject({
    cancelledAttempts: [{ candidateId: "ledger", cancelledBy: "olga", reason: "not this week" }],
  });
  expect(await call("listHistory", `${MIGRATION}/history?limit=500`)).toMatchObject({
    history: expect.arrayContaining([
      expect.objectContaining({ action: "announce", actor: { id: "charts" } }),
      expect.objectContaining({ action: "start", actor: { id: "olga" }, candidateId: "billing" }),
    ]),
  });
  expect(routes.map(({ id }) => id).filter((id) => !answered.has(id))).toEqual([]);
});

test("HEAD answers as GET does, without a body", async () => {
  const { send, loom } = await stageServer();
  const [get, head] = [
    await send({ path: "/migrations" }),
    await send({ method: "HEAD", path: "/migrations" }),
  ];
  expect(head).toMatchObject({ status: 200, text: "" });
  for (const name of ["content-type", "content-length", "cache-control"])
    expect(head.headers[name]).toBe(get.headers[name]);
  const handler = createLoomHandler(loom, { allowUnauthenticated: true });
  const found = await handler(new Request("http://loom.example/migrations", { method: "HEAD" }));
  expect([found.status, found.body]).toEqual([200, null]);
  expect(found.headers.get("content-length")).toBe(get.headers["content-length"]);
});

test("a Loom that is not open is alive and not ready", async () => {
  const { send, loom } = await stageServer();
  await loom.close();
  expect(await send({ path: "/healthz" })).toMatchObject({ status: 200 });
  const ready = await send({ path: "/readyz" });
  expect(ready).toMatchObject({ status: 503, json: { code: "engine_unavailable" } });
  expect(Number(ready.headers["retry-after"])).toBeGreaterThan(0);
});

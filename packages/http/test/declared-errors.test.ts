import { routes } from "@loom/core/wire";
import { expect, test } from "vitest";
import { announcementOf, stageServer } from "./support/stage.ts";

const CANDIDATES = "/migrations/chart-upgrade/candidates";
const BILLING = `${CANDIDATES}/billing`;
const report = (stepName: string, candidateId = "billing") => ({
  stepName,
  candidateId,
  success: true,
});

/** A candidate that has been through its only step. */
const stageCompleted = async () => {
  const stage = await stageServer();
  await stage.loom.announce({ ...announcementOf(stage.migratorUrl), steps: [{ name: "bump" }] });
  await stage.loom.start({ migrationId: "chart-upgrade", candidateId: "billing" });
  const { callbackId } = await stage.dispatch(1);
  await stage.loom.reportStep(callbackId, report("bump"));
  return stage;
};

// That the route declares the code is asserted for every request of every test, in `send`.
test.each([
  ["POST", "queue", undefined],
  ["DELETE", "dequeue", undefined],
  ["POST", "execute", undefined],
  ["POST", "start", undefined],
  ["POST", "cancel", undefined],
  ["POST", "retry-step", { stepName: "bump" }],
  ["PATCH", "inputs", { inputs: { targetVersion: "2" } }],
])("%s …/%s of a completed candidate is already_completed, as declared", async (...given) => {
  const [method, action, body] = given;
  const { send } = await stageCompleted();
  const reply = await send({ method, path: `${BILLING}/${action}`, body });
  expect(reply).toMatchObject({ status: 409, json: { code: "already_completed" } });
});

test.each([
  ["chart-upgrade__nobody", "candidate_not_found"],
  ["nowhere__nobody", "migration_not_found"],
  ["nonsense", "run_not_found"],
])("a report on %s is %s, as declared", async (runId, code) => {
  const { send, loom, migratorUrl } = await stageServer();
  await loom.announce(announcementOf(migratorUrl));
  const body = report("bump", "nobody");
  const reply = await send({ method: "POST", path: `/event/${runId}`, body });
  expect(reply).toMatchObject({ status: 404, json: { code } });
});

test("a retry of a step that has not failed, or of another attempt, is refused as declared", async () => {
  const { send, loom, migratorUrl, dispatch } = await stageServer();
  await loom.announce(announcementOf(migratorUrl));
  await loom.start({ migrationId: "chart-upgrade", candidateId: "billing" });
  await dispatch(1);
  const retry = (body: object) => send({ method: "POST", path: `${BILLING}/retry-step`, body });
  expect((await retry({ stepName: "bump" })).json).toMatchObject({ code: "step_not_failed" });
  expect((await retry({ stepName: "bump", attempt: 7 })).json).toMatchObject({
    code: "stale_attempt",
  });
});

test("a run that is claimed twice is already_running, as declared", async () => {
  const { send, loom, migratorUrl } = await stageServer();
  await loom.announce(announcementOf(migratorUrl));
  await loom.start({ migrationId: "chart-upgrade", candidateId: "billing" });
  for (const action of ["queue", "execute", "start"])
    expect((await send({ method: "POST", path: `${BILLING}/${action}` })).json).toMatchObject({
      code: "already_running",
    });
});

test("required inputs that are missing, and a migrator that is away, are told as declared", async () => {
  const { send, loom } = await stageServer();
  const requiredInputs = [{ name: "targetVersion", label: "Version" }];
  await loom.announce({ ...announcementOf("http://127.0.0.1:9"), requiredInputs });
  expect((await send({ method: "POST", path: `${BILLING}/start` })).json).toMatchObject({
    code: "missing_inputs",
  });
  expect((await send({ method: "POST", path: `${BILLING}/dry-run` })).json).toMatchObject({
    code: "migrator_unreachable",
  });
});

const closedRoutes = routes.filter(({ audience }) => audience !== "public");

test.each(closedRoutes)(
  "$id at a Loom that is closed is engine_unavailable, as declared",
  async (route) => {
    const { send, loom, migratorUrl } = await stageServer();
    await loom.announce(announcementOf(migratorUrl));
    await loom.close();
    const ids: Record<string, string> = { id: "chart-upgrade", candidateId: "billing" };
    const path = route.path.replace(
      /\{(\w+)\}/g,
      (_, name) => ids[name] ?? "chart-upgrade__billing",
    );
    const as = route.audience === "migrator" ? "migrator" : "operator";
    const body = {
      ...announcementOf(migratorUrl),
      ...report("bump"),
      inputs: {},
      candidate: { id: "a" },
    };
    const reply = await send({ method: route.method, path, as, ...(route.body && { body }) });
    expect(reply).toMatchObject({ status: 503, json: { code: "engine_unavailable" } });
  },
);

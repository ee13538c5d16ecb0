import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { RunDetail } from "@loom/core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { eventually } from "../../../test/eventually.ts";
import type { Program } from "../../../test/servers/program.ts";
import { isAt } from "../../../test/stage/operator.ts";
import type { Person } from "../../../test/stage/person.ts";
import { openWorld, untilDiscovered, type World } from "./support/world.ts";

let world: World;
let instance: Program;

beforeAll(async () => {
  world = await openWorld(["billing", "checkout", "ledger"]);
  instance = await world.startInstance();
  await untilDiscovered(world);
});
afterAll(() => world.close());

const CANDIDATE = "/loom/migrations/node-upgrade/candidates/billing";
const INPUTS = { inputs: { node: "24" } };
const ANNOUNCEMENT = { id: "mine", name: "Mine", steps: [], migratorUrl: "http://127.0.0.1:1" };

type Request = readonly ["GET" | "POST" | "PATCH" | "DELETE", string];

/** What operators do with a run. */
const VERBS: readonly Request[] = [
  ["POST", `${CANDIDATE}/queue`],
  ["DELETE", `${CANDIDATE}/dequeue`],
  ["POST", `${CANDIDATE}/execute`],
  ["POST", `${CANDIDATE}/start`],
  ["POST", `${CANDIDATE}/cancel`],
  ["POST", `${CANDIDATE}/retry-step`],
  ["PATCH", `${CANDIDATE}/inputs`],
  ["POST", "/loom/event/node-upgrade__billing"],
];

/** The statuses that somebody's requests are answered with, each once. */
async function statusesOf(person: Person, requests: readonly Request[]): Promise<number[]> {
  const answers = requests.map(([method, path]) =>
    person.status(method, path, method === "GET" ? undefined : {}),
  );
  return [...new Set(await Promise.all(answers))];
}

test("a stranger gets 401 from Loom and from the service alike", async () => {
  const { stranger } = world.people;
  const paths = ["/services", "/changes", "/loom/migrations", CANDIDATE];
  const reads = paths.map((path): Request => ["GET", path]);
  expect(await statusesOf(stranger, [...reads, ...VERBS])).toEqual([401]);
  expect(await stranger.status("POST", "/loom/registry/announce", ANNOUNCEMENT)).toBe(401);
});

test("a viewer sees everything, previews too, and starts nothing", async () => {
  const { viewer } = world.people;
  const paths = ["/services", "/changes", "/loom/migrations", CANDIDATE];
  expect(
    await statusesOf(
      viewer,
      paths.map((path) => ["GET", path]),
    ),
  ).toEqual([200]);
  expect(await viewer.status("POST", `${CANDIDATE}/dry-run`, INPUTS)).toBe(200);
  expect(await statusesOf(viewer, VERBS)).toEqual([403]);
  expect(await world.operator.candidates()).toHaveLength(3);
});

test("the migrator's account uses no verb of an operator, and an operator none of a migrator", async () => {
  const { account, operator } = world.people;
  expect(await statusesOf(account, VERBS)).toEqual([403]);
  expect(await account.status("POST", "/changes/1/merge")).toBe(403);
  expect(await operator.status("POST", "/loom/registry/announce", ANNOUNCEMENT)).toBe(403);
});

test("a migrator that says that it lives elsewhere is never called", async () => {
  const calls: unknown[] = [];
  const elsewhere = createServer((request) => calls.push(request.url)).listen(0, "127.0.0.1");
  onTestFinished(() => void elsewhere.close());
  await once(elsewhere, "listening");
  const { port } = elsewhere.address() as AddressInfo;
  const { account, operator } = world.people;
  await account.send("POST", "/loom/registry/announce", {
    id: "elsewhere",
    name: "Elsewhere",
    steps: [{ name: "call" }],
    migratorUrl: `http://127.0.0.1:${port}`,
    candidates: [{ id: "billing" }],
  });
  await operator.send("POST", "/loom/migrations/elsewhere/candidates/billing/start");
  const steps = "/loom/migrations/elsewhere/candidates/billing/steps";
  const failed = await eventually(async () => {
    const [step] = (await operator.get<RunDetail>(steps)).steps;
    expect(step?.status).toBe("failed");
    return step;
  });
  expect(failed?.error).toContain("not at an allowed origin");
  expect(calls).toEqual([]);
});

test("the service's own routes work beside Loom, with the body parser and the errors of the service", async () => {
  const { operator, viewer } = world.people;
  const entry = { team: "search", manifest: "name: search\n" };
  expect(await viewer.status("PUT", "/services/search", entry)).toBe(403);
  await operator.send("PUT", "/services/search", entry);
  expect(await viewer.get("/services/search")).toEqual({ name: "search", ...entry });
  expect(await operator.status("PUT", "/services/search", { team: 7 })).toBe(400);
  expect(await operator.status("GET", "/services/nothing")).toBe(404);
  expect(await operator.status("POST", "/changes/one/merge")).toBe(400);
  expect(await operator.status("POST", "/changes/999/merge")).toBe(404);
});

test("its health is Loom's as well, its metrics count candidates, and both ask nobody who they are", async () => {
  const { stranger } = world.people;
  expect(await stranger.get("/health")).toEqual({ database: "ok", migrations: "ok" });
  expect(await stranger.get("/live")).toEqual({ status: "ok" });
  expect(await stranger.get("/loom/readyz")).toEqual({ status: "ok" });
  const metrics = await (await fetch(`${world.url}/metrics`)).text();
  expect(metrics).toContain('loom_candidates{migration="node-upgrade",status="notStarted"} 3\n');
});

test("inputs that the migration does not take are refused, and change nothing", async () => {
  const { operator } = world.people;
  expect(await operator.status("POST", `${CANDIDATE}/start`, {})).toBe(422);
  expect(await operator.status("POST", `${CANDIDATE}/start`, { inputs: { npm: "11" } })).toBe(422);
  const [billing] = await world.operator.candidates();
  expect(billing).toMatchObject({ id: "billing", status: "not_started" });
});

test("a service goes through the migration: its changes are merged, and somebody looks in between", async () => {
  const { operator } = world;
  const preview = await operator.preview("checkout", { node: "24" });
  await operator.start("checkout", { node: "24" });
  const isCheckoutAt = (where: string) =>
    operator.until(where, (all) => all.some((it) => it.id === "checkout" && isAt(it, where)));
  await isCheckoutAt("raise-canary open");
  await operator.merge(["checkout"]);
  await isCheckoutAt("review awaiting_review");
  await operator.approve("checkout");
  await isCheckoutAt("raise-fleet open");
  await operator.merge(["checkout"]);
  await operator.until("it is completed", (all) =>
    all.some(({ id, status }) => id === "checkout" && status === "completed"),
  );
  const changes = (await operator.changes()).filter(({ service }) => service === "checkout");
  expect(changes.map(({ state, title }) => [state, title])).toEqual([
    ["merged", "Node 24 for canary"],
    ["merged", "Node 24 for fleet"],
  ]);
  expect(changes[0]?.after).toBe(preview.steps[0]?.files?.[0]?.after);
  const { manifest } = await world.people.viewer.get<{ manifest: string }>("/services/checkout");
  expect(manifest).toContain("canary: 24 # two instances\n  fleet: 24\n");
});

test("a change that its team rejects fails the step; a cancel with compensation leaves nothing behind", async () => {
  const { operator, people } = world;
  await operator.start("billing", { node: "24" });
  const isBillingAt = (where: string) =>
    operator.until(where, (all) => all.some((it) => it.id === "billing" && isAt(it, where)));
  await isBillingAt("raise-canary open");
  const change = (await operator.changes()).find(({ state }) => state === "open");
  await people.operator.send("POST", `/changes/${change?.id}/reject`);
  await isBillingAt("raise-canary failed");
  const { steps } = await operator.steps("billing");
  expect(steps[0]?.error).toBe("The change was rejected");
  await operator.cancel("billing", "not now");
  await operator.until("it is cancelled", (all) => all[0]?.status === "not_started");
  const { cancelledAttempts } = await operator.migration();
  expect(cancelledAttempts).toMatchObject([
    { candidateId: "billing", cancelledBy: "olivia@acme.example", reason: "not now" },
  ]);
  expect((await operator.changes()).filter(({ state }) => state === "open")).toEqual([]);
});

test("the ids of dispatches, which are capabilities, and tokens are in no log", async () => {
  const log = instance.log();
  expect(log).toContain("/loom/event/L1.…");
  expect(log).not.toMatch(/L1\.[A-Za-z0-9]/);
  expect(log).not.toContain(world.token);
});

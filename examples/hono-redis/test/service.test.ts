import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Program } from "../../../test/servers/program.ts";
import { isAt } from "../../../test/stage/operator.ts";
import type { Person } from "../../../test/stage/person.ts";
import { BUS } from "../demo/bus.ts";
import { hasRedis, openWorld, untilDiscovered, type World } from "./support/world.ts";

const CANDIDATE = `/loom/migrations/topic-rename/candidates/${encodeURIComponent("shop/carts")}`;
const INPUTS = { inputs: { version: "v2" } };
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
  ["POST", "/loom/event/topic-rename__shop%2Fcarts"],
];
const READS: readonly Request[] = ["/topics", "/topics/users", "/loom/migrations", CANDIDATE].map(
  (path) => ["GET", path],
);

/** The statuses that somebody's requests are answered with, each once. */
async function statusesOf(person: Person, requests: readonly Request[]): Promise<number[]> {
  const answers = requests.map(([method, path]) =>
    person.status(method, path, method === "GET" ? undefined : {}),
  );
  return [...new Set(await Promise.all(answers))];
}

describe.runIf(hasRedis)("the topic registry with Loom in it", () => {
  let world: World;
  let instance: Program;

  beforeAll(async () => {
    world = await openWorld(BUS);
    instance = await world.startInstance();
    await untilDiscovered(world);
  });
  afterAll(() => world.close());

  /** Waits until one topic stands at a step. */
  const untilIsAt = (id: string, where: string): Promise<void> =>
    world.operator.until(where, (all) => all.some((it) => it.id === id && isAt(it, where)));

  test("a stranger gets 401 from Loom and from the service alike", async () => {
    const { stranger } = world.people;
    expect(await statusesOf(stranger, [...READS, ...VERBS])).toEqual([401]);
    expect(await stranger.status("POST", "/loom/registry/announce", ANNOUNCEMENT)).toBe(401);
  });

  test("a viewer sees everything, previews too, and starts nothing", async () => {
    const { viewer } = world.people;
    expect(await statusesOf(viewer, READS)).toEqual([200]);
    expect(await viewer.status("POST", `${CANDIDATE}/dry-run`, INPUTS)).toBe(200);
    expect(await statusesOf(viewer, VERBS)).toEqual([403]);
    expect((await world.operator.migration()).counts.notStarted).toBe(BUS.length);
  });

  test("the migrator's account uses no verb of an operator, and nobody announces without the migrator's signature", async () => {
    const { account, operator } = world.people;
    expect(await statusesOf(account, VERBS)).toEqual([403]);
    for (const person of [account, operator])
      expect(await person.status("POST", "/loom/registry/announce", ANNOUNCEMENT)).toBe(403);
    const { history } = await operator.get<{ history: { actor: { id: string } }[] }>(
      "/loom/migrations/topic-rename/history",
    );
    expect(new Set(history.map(({ actor }) => actor.id))).toEqual(new Set(["topic-rename"]));
  });

  test("the service's own routes work beside Loom, with the errors of the service", async () => {
    const { operator, viewer } = world.people;
    const topic = { definition: '{ "owner": "search" }' };
    expect(await viewer.status("PUT", "/topics/queries.v1", topic)).toBe(403);
    await operator.send("PUT", "/topics/queries.v1", topic);
    expect(await viewer.get("/topics/queries.v1")).toEqual({
      name: "queries.v1",
      ...topic,
      consumers: [],
    });
    expect(await operator.status("PUT", "/topics/queries.v1", { definition: "{}" })).toBe(409);
    expect(await operator.status("PUT", "/topics/queries.v1", { definition: 7 })).toBe(400);
    expect(await operator.status("GET", "/topics/nothing")).toBe(404);
    expect(await operator.status("DELETE", "/topics/users")).toBe(409);
    expect(await operator.status("DELETE", "/topics/queries.v1")).toBe(204);
  });

  test("its health is Loom's as well, and asks nobody who they are", async () => {
    const { stranger } = world.people;
    expect(await stranger.get("/health")).toEqual({ redis: "ok", migrations: "ok" });
    expect(await stranger.get("/live")).toEqual({ status: "ok" });
    expect(await stranger.get("/loom/readyz")).toEqual({ status: "ok" });
  });

  test("a topic goes through the migration: its consumers move one by one, and somebody looks before it goes", async () => {
    const { operator, people } = world;
    await operator.start("shop/orders", INPUTS.inputs);
    await untilIsAt("shop/orders", "move-consumers open");
    const page = await people.viewer.get("/topics/shop%2Forders");
    expect(page).toMatchObject({
      rename: { status: "running", currentStep: { stepName: "move-consumers", status: "open" } },
    });
    expect(await operator.move(["shop/orders"], "v2")).toBe(3);
    await untilIsAt("shop/orders", "approve awaiting_review");
    await operator.approve("shop/orders");
    await operator.until("it is completed", (all) =>
      all.some(({ id, status }) => id === "shop/orders" && status === "completed"),
    );
    const names = (await operator.topics()).map(({ name }) => name);
    expect(names).toContain("shop/orders.v2");
    expect(names).not.toContain("shop/orders");
  });

  test("a cancel with compensation in the midst of the move leaves the topic as it was; it can be started again", async () => {
    const { operator, people } = world;
    await operator.start("users", INPUTS.inputs);
    await untilIsAt("users", "move-consumers open");
    await people.operator.send("POST", "/topics/users/consumers/mails/move", { to: "users.v2" });
    await operator.cancel("users", "not now");
    await operator.until("it is cancelled", (all) =>
      all.some(({ id, status }) => id === "users" && status === "not_started"),
    );
    const topics = await operator.topics();
    expect(topics.filter(({ name }) => name.startsWith("users"))).toEqual(
      BUS.filter(({ name }) => name === "users"),
    );
    await operator.start("users", { version: "v3" });
    await untilIsAt("users", "move-consumers open");
    expect((await operator.steps("users")).attempt).toBe(2);
  });

  test("the ids of dispatches, which are capabilities, and tokens are in no log", async () => {
    const log = instance.log();
    expect(log).toContain("/loom/event/L1.…");
    expect(log).not.toMatch(/L1\.[A-Za-z0-9]/);
    expect(log).not.toContain(world.token);
  });
});

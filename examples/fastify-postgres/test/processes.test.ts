import { expect, onTestFinished, test, vi } from "vitest";
import { eventually } from "../../../test/eventually.ts";
import { startPostgres } from "../../../test/servers/postgres.ts";
import { isAt } from "../../../test/stage/operator.ts";
import { manifestOf } from "../demo/fleet.ts";
import { namesOf, openWorld, untilDiscovered, type World } from "./support/world.ts";

vi.setConfig({ testTimeout: 300_000 });

const INPUTS = { node: "24" };

async function open(count: number, serverUrl?: string): Promise<World> {
  const world = await openWorld(namesOf(count), serverUrl);
  onTestFinished(() => world.close());
  return world;
}

/** Starts all that are not running yet; some may have been started by a request whose answer was lost. */
async function startAll({ operator }: World, names: readonly string[]): Promise<void> {
  const all = await operator.candidates();
  const left = names.filter((name) =>
    all.some(({ id, status }) => id === name && status !== "running"),
  );
  for (const name of left) await operator.start(name, INPUTS);
}

const untilAllAre = ({ operator }: World, where: string): Promise<void> =>
  operator.until(where, (all) => all.every((it) => isAt(it, where)));

const untilCompleted = ({ operator }: World): Promise<void> =>
  operator.until("all are completed", (all) => all.every(({ status }) => status === "completed"));

/** Each service has its two changes, merged, by steps of the first attempt that were each done at the first try. */
async function expectEachStepOnce({ operator, pool }: World, names: readonly string[]) {
  const changes = (await operator.changes()).map(({ service, title, state }) =>
    [service, title, state].join(" "),
  );
  expect(changes.toSorted()).toEqual(
    names
      .flatMap((name) => ["canary", "fleet"].map((ring) => `${name} Node 24 for ${ring} merged`))
      .toSorted(),
  );
  for (const name of names) {
    const { attempt, steps } = await operator.steps(name);
    expect([attempt, ...steps.map(({ stepAttempt }) => stepAttempt)]).toEqual([1, 1, 1, 1]);
  }
  const { rows } = await pool.query<{ name: string; manifest: string }>(
    "select name, manifest from catalogue.services",
  );
  for (const { name, manifest } of rows) expect(manifest).toBe(manifestOf(name, "24", "24"));
}

test("a service that is killed again and again in mid-run finishes every run, each step done once", async () => {
  const names = namesOf(10);
  const world = await open(names.length);
  const { operator } = world;

  const first = await world.startInstance();
  await untilDiscovered(world);
  const started = names.map((name) => operator.start(name, INPUTS));
  await Promise.race(started);
  const lost = Promise.allSettled(started);
  expect(await first.end("SIGKILL")).toBe("SIGKILL");
  await lost;

  const second = await world.startInstance();
  await startAll(world, names);
  await untilAllAre(world, "raise-canary open");
  await operator.merge(names.slice(0, 5));
  expect(await second.end("SIGKILL")).toBe("SIGKILL");

  const third = await world.startInstance();
  await operator.merge(names);
  await untilAllAre(world, "review awaiting_review");
  for (const name of names) await operator.approve(name);
  expect(await third.end("SIGKILL")).toBe("SIGKILL");

  await world.startInstance();
  await untilAllAre(world, "raise-fleet open");
  await operator.merge(names);
  await untilCompleted(world);
  await expectEachStepOnce(world, names);
});

test("two instances that start at once over an empty database share the work; one is told to end in mid-run and does so with code 0", async () => {
  const names = namesOf(10);
  const world = await open(names.length);
  const { operator } = world;
  const [old] = await Promise.all([world.startInstance(), world.startInstance()]);
  await untilDiscovered(world);
  await startAll(world, names);
  await untilAllAre(world, "raise-canary open");
  await operator.merge(names);
  await untilAllAre(world, "review awaiting_review");
  for (const name of names) await operator.approve(name);
  world.retire(old);
  expect(await old.end("SIGTERM")).toBe(0);
  expect(old.log()).toContain('"closed"');
  await untilAllAre(world, "raise-fleet open");
  await operator.merge(names);
  await untilCompleted(world);
  await expectEachStepOnce(world, names);
});

test("a new secret takes the place of the old one while steps wait that carry the old one", async () => {
  const names = namesOf(3);
  const world = await open(names.length);
  const { operator, loomSecret } = world;
  const old = await world.startInstance();
  await untilDiscovered(world);
  await startAll(world, names);
  await untilAllAre(world, "raise-canary open");
  expect(await old.end()).toBe(0);
  await world.startInstance({ LOOM_SECRETS: `a secret that is new, ${loomSecret}` });
  await operator.merge(names);
  await untilAllAre(world, "review awaiting_review");
  for (const name of names) await operator.approve(name);
  await untilAllAre(world, "raise-fleet open");
  await operator.merge(names);
  await untilCompleted(world);
  await expectEachStepOnce(world, names);
});

test("both programs end with code 0 when they are told to, by either signal", async () => {
  const world = await open(1);
  const instance = await world.startInstance();
  await untilDiscovered(world);
  expect(await instance.end("SIGINT")).toBe(0);
  expect(await world.migrator.end("SIGTERM")).toBe(0);
});

test("a migrator told to end while there is no service to announce to ends at once", async () => {
  const world = await open(1);
  await world.migrator.logged(/Loom did not answer/);
  expect(await world.migrator.end("SIGTERM")).toBe(0);
});

test("without its database the service lives and says that it is not well; with it again it goes on", async () => {
  const server = await startPostgres({ sync: true });
  onTestFinished(() => server.stop());
  const world = await open(2, server.url);
  const { operator, people } = world;
  const instance = await world.startInstance();
  await untilDiscovered(world);
  await startAll(world, namesOf(2));
  await untilAllAre(world, "raise-canary open");
  await operator.merge(namesOf(2));
  await untilAllAre(world, "review awaiting_review");
  await server.kill();
  expect(await people.stranger.status("GET", "/live")).toBe(200);
  expect(await people.stranger.status("GET", "/health")).toBe(503);
  await server.restart();
  await eventually(async () => expect(await people.stranger.status("GET", "/health")).toBe(200));
  for (const name of namesOf(2)) await operator.approve(name);
  await untilAllAre(world, "raise-fleet open");
  await operator.merge(namesOf(2));
  await untilCompleted(world);
  expect(await instance.end()).toBe(0);
});

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, inject, onTestFinished, test, vi } from "vitest";
import { eventually } from "../../../test/eventually.ts";
import { startRedis } from "../../../test/servers/redis.ts";
import { isAt } from "../../../test/stage/operator.ts";
import { busOf } from "../demo/bus.ts";
import type { Topic } from "../service/topics/topics.ts";
import { hasRedis, openWorld, untilDiscovered, type World } from "./support/world.ts";

vi.setConfig({ testTimeout: 300_000 });

const INPUTS = { version: "v2" };

async function open(bus: readonly Topic[], url?: string): Promise<World> {
  const world = await openWorld(bus, url);
  onTestFinished(() => world.close());
  return world;
}

/** Starts all that are not running yet; some may have been started by a request whose answer was lost. */
async function startAll({ operator }: World): Promise<void> {
  const left = (await operator.candidates()).filter(({ status }) => status !== "running");
  for (const { id } of left) await operator.start(id, INPUTS);
}

const untilAllAre = ({ operator }: World, where: string): Promise<void> =>
  operator.until(where, (all) => all.every((it) => isAt(it, where)));

const untilCompleted = ({ operator }: World): Promise<void> =>
  operator.until("all are completed", (all) => all.every(({ status }) => status === "completed"));

/** Each topic has its new name and all that it had, by steps of the first attempt that were each done at the first try. */
async function expectEachStepOnce({ operator }: World, bus: readonly Topic[]): Promise<void> {
  const renamed = bus.map((topic) => ({ ...topic, name: `${topic.name}.v2` }));
  const byName = (a: Topic, b: Topic) => (a.name < b.name ? -1 : 1);
  expect(await operator.topics()).toEqual(renamed.toSorted(byName));
  for (const { name } of bus) {
    const { attempt, steps } = await operator.steps(name);
    expect([attempt, ...steps.map(({ stepAttempt }) => stepAttempt)]).toEqual([1, 1, 1, 1, 1]);
  }
}

describe.runIf(hasRedis)("the processes", () => {
  test("a service that is killed again and again in mid-run finishes every run, each step done once", async () => {
    const bus = busOf(10);
    const names = bus.map(({ name }) => name);
    const world = await open(bus);
    const { operator } = world;

    const first = await world.startInstance();
    await untilDiscovered(world);
    const started = names.map((name) => operator.start(name, INPUTS));
    await Promise.race(started);
    const lost = Promise.allSettled(started);
    expect(await first.end("SIGKILL")).toBe("SIGKILL");
    await lost;

    const second = await world.startInstance();
    await startAll(world);
    await untilAllAre(world, "move-consumers open");
    await operator.move(names.slice(0, 5), "v2");
    expect(await second.end("SIGKILL")).toBe("SIGKILL");

    const third = await world.startInstance();
    await operator.move(names, "v2");
    await untilAllAre(world, "approve awaiting_review");
    for (const name of names) await operator.approve(name);
    expect(await third.end("SIGKILL")).toBe("SIGKILL");

    await world.startInstance();
    await untilCompleted(world);
    await expectEachStepOnce(world, bus);
  });

  test("two instances share the work; one is told to end in mid-run and does so with code 0", async () => {
    const bus = busOf(10);
    const names = bus.map(({ name }) => name);
    const world = await open(bus);
    const { operator } = world;
    const [old] = await Promise.all([world.startInstance(), world.startInstance()]);
    await untilDiscovered(world);
    await startAll(world);
    await untilAllAre(world, "move-consumers open");
    await operator.move(names, "v2");
    await untilAllAre(world, "approve awaiting_review");
    for (const name of names) await operator.approve(name);
    world.retire(old);
    expect(await old.end("SIGTERM")).toBe(0);
    expect(old.log()).toContain('"closed"');
    await untilCompleted(world);
    await expectEachStepOnce(world, bus);
  });

  test("both programs end with code 0 when they are told to, by either signal", async () => {
    const world = await open(busOf(1));
    const instance = await world.startInstance();
    await untilDiscovered(world);
    expect(await instance.end("SIGINT")).toBe(0);
    expect(await world.migrator.end("SIGTERM")).toBe(0);
  });

  test("a migrator told to end while there is no service to announce to ends at once", async () => {
    const world = await open(busOf(1));
    await world.migrator.logged(/Loom did not answer/);
    expect(await world.migrator.end("SIGTERM")).toBe(0);
  });

  test.runIf(inject("canStartRedis"))(
    "without its Redis the service lives and says that it is not well; with it again it goes on",
    async () => {
      const dir = await mkdtemp(join(tmpdir(), "loom-example-"));
      onTestFinished(() => rm(dir, { recursive: true, force: true }));
      const kept = { dir, appendonly: "yes", appendfsync: "always" };
      let server = await startRedis(kept);
      onTestFinished(() => server.kill());
      const bus = busOf(2);
      const world = await open(bus, server.url);
      const { operator, people } = world;
      const instance = await world.startInstance();
      await untilDiscovered(world);
      await startAll(world);
      await untilAllAre(world, "move-consumers open");
      await operator.move(
        bus.map(({ name }) => name),
        "v2",
      );
      await untilAllAre(world, "approve awaiting_review");
      await server.kill();
      expect(await people.stranger.status("GET", "/live")).toBe(200);
      expect(await people.stranger.status("GET", "/health")).toBe(503);
      server = await startRedis({ ...kept, port: String(server.port) });
      await eventually(async () =>
        expect(await people.stranger.status("GET", "/health")).toBe(200),
      );
      for (const { name } of bus) await operator.approve(name);
      await untilCompleted(world);
      await expectEachStepOnce(world, bus);
      expect(await instance.end()).toBe(0);
    },
  );
});

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { createTemporalEngine } from "@loom/engine-temporal";
import { createLoomActivities } from "@loom/engine-temporal/activities";
import { Client, Connection } from "@temporalio/client";
import { temporal as api } from "@temporalio/proto";
import { Worker } from "@temporalio/worker";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { eventually } from "../../../test/eventually.ts";
import { bundlerOptions } from "./world/bundler.ts";
import { given } from "./world/given.ts";
import { createLoomWorld, until } from "./world/loom.ts";
import { connectTemporal, newQueue, type Temporal } from "./world/temporal.ts";
import { startWorker } from "./world/worker.ts";
import { TEST_TIMEOUT_MS } from "./world/patience.ts";

vi.setConfig({ testTimeout: TEST_TIMEOUT_MS, hookTimeout: TEST_TIMEOUT_MS });

let temporal: Temporal;
beforeAll(async () => {
  temporal = await connectTemporal(given());
});
afterAll(() => temporal.close());

describe("Loom beside what is there", () => {
  test("a worker with workflows and activities of its own takes Loom's in", async () => {
    const world = await createLoomWorld(temporal);
    const { taskQueue } = world.engine;
    const worker = await Worker.create({
      connection: await temporal.connectWorker(),
      namespace: temporal.given.namespace,
      taskQueue,
      workflowsPath: join(import.meta.dirname, "world/own-workflows.ts"),
      bundlerOptions,
      activities: { lookUp: async () => 1, ...createLoomActivities(world.engine) },
    });
    await worker.runUntil(async () => {
      await world.start("one");
      await world.report("one", 1);
      await world.report("one", 2);
      await world.untilStatus("one", "completed");
      const options = { taskQueue, workflowId: newQueue(), args: ["ada"] };
      expect(await temporal.client.workflow.execute("greet", options)).toBe("hello ada");
    });
  });

  test("runs can be searched by the attributes that the host gives them", async () => {
    await registerAttribute();
    const world = await createLoomWorld(temporal, {
      searchAttributes: ({ migrationId }) => [{ key: KEYWORD, value: migrationId }],
    });
    const worker = await startWorker(temporal, world.engine);
    onTestFinished(() => worker.stop());
    await world.start("one", "two");
    const query = `${KEYWORD.name} = "${world.migrationId}"`;
    await eventually(async () => {
      expect((await temporal.client.workflow.count(query)).count).toBe(2);
    });
  });

  test("the client's entry loads neither the native core nor a worker, whose entry does", () => {
    expect(partsLoadedBy("@loom/engine-temporal")).toEqual(["client", "common", "proto"]);
    const byWorker = partsLoadedBy("@loom/engine-temporal/worker");
    expect(byWorker).toEqual(expect.arrayContaining(["activity", "core-bridge", "worker"]));
  });

  test("an engine that was given to no Loom says so", () => {
    const engine = createTemporalEngine({ client: temporal.client, taskQueue: "none" });
    expect(() => engine.host()).toThrow("createLoom");
  });
});

describe("a Temporal that has no room, or is not there", () => {
  test("requests over the limit of the namespace are sent again", async () => {
    let refused = 0;
    const refuseTwice = async <I, O>(input: I, next: (input: I) => Promise<O>): Promise<O> => {
      if (refused++ < 2) throw RESOURCE_EXHAUSTED;
      refused = refused % 3;
      return next(input);
    };
    const client = temporal.clientWith({
      interceptors: {
        workflow: [{ start: refuseTwice, signal: refuseTwice, describe: refuseTwice }],
      },
    });
    const world = await createLoomWorld(temporal, { client });
    await world.engine.ping();
    const worker = await startWorker(temporal, world.engine);
    onTestFinished(() => worker.stop());
    await world.start("one");
    await world.report("one", 1);
    await world.untilCalls("one", "1 do bump 1", "1 do approve 1");
    await world.cancel("one");
    expect(await world.untilStatus("one", "not_started")).toMatchObject({ attempt: 1 });
  });

  test("a start that cannot reach the server is refused, and driven on by the recovery", async () => {
    const unreachable = new Client({ connection: Connection.lazy({ address: "127.0.0.1:1" }) });
    const world = await createLoomWorld(temporal, { client: unreachable, requestSeconds: 1 });
    await expect(world.engine.ping()).rejects.toMatchObject({ code: "engine_unavailable" });
    await expect(world.start("one")).rejects.toMatchObject({ code: "engine_unavailable" });
    expect((await world.candidate("one")).status).toBe("running");
    expect(await world.loom.recover()).toMatchObject({ failed: 1, closed: 0 });
    await expect(world.cancel("one")).rejects.toMatchObject({ code: "engine_unavailable" });
  });

  test("a namespace that is not there does not make runs look gone", async () => {
    const world = await createLoomWorld(temporal, {
      client: temporal.clientWith({ namespace: "nowhere" }),
      requestSeconds: 1,
    });
    const gone = world.engine.getRun(world.runId("one"), 1);
    await expect(gone).rejects.toMatchObject({ code: "engine_unavailable" });
  });
});

/** The packages of Temporal's SDK that a process has loaded after it has imported that. */
function partsLoadedBy(entry: string): string[] {
  const script = `
    import { registerHooks } from "node:module";
    const loaded = new Set();
    registerHooks({ load(url, context, next) {
      const [, part] = /@temporalio\\/([^/]+)/.exec(url) ?? [];
      if (part) loaded.add(part);
      return next(url, context);
    } });
    await import("${entry}");
    console.log(JSON.stringify([...loaded].sort()));
    process.exit();`;
  const args = ["--conditions=@loom/source", "--input-type=module", "--eval", script];
  const options = { cwd: import.meta.dirname, encoding: "utf8" } as const;
  return JSON.parse(execFileSync(process.execPath, args, options)) as string[];
}

const KEYWORD = { name: "LoomMigration", type: "KEYWORD" } as const;

async function registerAttribute(): Promise<void> {
  const { operatorService } = temporal.client.connection as Connection;
  const { namespace } = temporal.given;
  const type = api.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD;
  await operatorService.addSearchAttributes({
    namespace,
    searchAttributes: { [KEYWORD.name]: type },
  });
  await until("the attribute", async () => {
    const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
    return customAttributes[KEYWORD.name] !== undefined;
  });
}

const RESOURCE_EXHAUSTED = Object.assign(new Error("8 RESOURCE_EXHAUSTED: too many"), {
  code: 8,
  details: "too many",
  metadata: {},
});

import { createTemporalEngine, type TemporalEngineOptions } from "@loom/engine-temporal";
import { createLoomActivities } from "@loom/engine-temporal/activities";
import { createLoomWorker } from "@loom/engine-temporal/worker";
import { Client, Connection } from "@temporalio/client";
import { describe, expect, test } from "vitest";

const client = new Client({ connection: Connection.lazy() });
const GIVEN: TemporalEngineOptions = { client, taskQueue: "loom" };

/** As somebody gives it who has no compiler. */
const unchecked = (options: object) => options as never;

const misconfigured = (option: string) =>
  expect.objectContaining({
    code: "invalid_configuration",
    message: expect.stringContaining(`${option}: `),
  });

describe("options that could not work are refused at once, by their name", () => {
  test.each([
    ["client", {}],
    ["client", { client: undefined, taskQueue: "loom" }],
    ["client", { client: {}, taskQueue: "loom" }],
    ["client", { client: client.connection, taskQueue: "loom" }],
    ["taskQueue", { client }],
    ["taskQueue", { client, taskQueue: "" }],
    ["taskQueue", { client, taskQueue: "  " }],
    ["searchAttributes", { ...GIVEN, searchAttributes: [] }],
    ["requestSeconds", { ...GIVEN, requestSeconds: 0 }],
    ["closeSeconds", { ...GIVEN, closeSeconds: -1 }],
    ["heartbeatSeconds", { ...GIVEN, heartbeatSeconds: 0 }],
    ["heartbeatSeconds", { ...GIVEN, heartbeatSeconds: Number.NaN }],
    ["heartbeatSeconds", { ...GIVEN, heartbeatSeconds: 1e-9 }],
    ["callSeconds", { ...GIVEN, callSeconds: 0 }],
    ["callSeconds", { ...GIVEN, callSeconds: -1 }],
    ["callSeconds", { ...GIVEN, callSeconds: Number.POSITIVE_INFINITY }],
    ["callSeconds", { ...GIVEN, callSeconds: "120" }],
  ])("of the engine: %s in %o", (option, options) => {
    expect(() => createTemporalEngine(unchecked(options))).toThrow(misconfigured(option));
  });

  test.each([
    ["nothing", undefined],
    ["a client", client],
  ])("of the activities and the worker: %s in place of the engine", async (_, engine) => {
    expect(() => createLoomActivities(engine as never)).toThrow(misconfigured("engine"));
    const worker = createLoomWorker(engine as never, unchecked({ connection: {} }));
    await expect(worker).rejects.toThrow(misconfigured("engine"));
  });

  test("of the worker: no connection of its own", async () => {
    const engine = createTemporalEngine(GIVEN);
    await expect(createLoomWorker(engine, unchecked({}))).rejects.toThrow(
      misconfigured("connection"),
    );
    const clients = unchecked({ connection: client.connection });
    await expect(createLoomWorker(engine, clients)).rejects.toThrow(misconfigured("connection"));
  });
});

test("a start need not wait for the close of the attempt before it", () => {
  expect(() => createTemporalEngine({ ...GIVEN, closeSeconds: 0 })).not.toThrow();
});

import { Client, type ClientOptions, Connection } from "@temporalio/client";
import type { Payload, PayloadCodec } from "@temporalio/common";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { given } from "./world/given.ts";
import { createLoomWorld, type LoomWorld } from "./world/loom.ts";
import { TEST_TIMEOUT_MS } from "./world/patience.ts";
import { startRefusingServer } from "./world/refusing-server.ts";
import { connectTemporal, type Temporal } from "./world/temporal.ts";

vi.setConfig({ testTimeout: TEST_TIMEOUT_MS, hookTimeout: TEST_TIMEOUT_MS });

let temporal: Temporal;
beforeAll(async () => {
  temporal = await connectTemporal(given());
});
afterAll(() => temporal.close());

const refOf = ({ migrationId }: LoomWorld) => ({ migrationId, candidateId: "one" });

const error = (code: string, ...texts: readonly string[]) =>
  expect.objectContaining({
    code,
    message: expect.toSatisfy((message: string) => texts.every((text) => message.includes(text))),
  });

describe("what Temporal refuses is told as it is, with what to change", () => {
  test("a namespace that is not there: by open, by ping and by each request", async () => {
    const client = temporal.clientWith({ namespace: "nowhere" });
    const world = await createLoomWorld(temporal, { client });
    const told = ["client: ", '"nowhere"', "create it"];
    await expect(world.loom.open()).rejects.toThrow(error("invalid_configuration", ...told));
    await expect(world.engine.ping()).rejects.toThrow(error("engine_unavailable", ...told));
    await expect(world.start("one")).rejects.toThrow(error("engine_unavailable", ...told));
    await expect(world.cancel("one")).rejects.toThrow(error("engine_unavailable", ...told));
  });

  test.each([
    ["PERMISSION_DENIED", 7, '"default"'],
    ["UNAUTHENTICATED", 16, "does not accept its credentials"],
  ])("credentials that the server answers with %s", async (_, code, text) => {
    const server = await startRefusingServer(code);
    const connection = Connection.lazy({ address: server.address });
    onTestFinished(async () => {
      await connection.close();
      await server.close();
    });
    const world = await createLoomWorld(temporal, { client: new Client({ connection }) });
    const told = ["client: ", "credentials", text];
    await expect(world.loom.open()).rejects.toThrow(error("invalid_configuration", ...told));
    await expect(world.engine.ping()).rejects.toThrow(error("engine_unavailable", ...told));
    await expect(world.start("one")).rejects.toThrow(error("engine_unavailable", ...told));
  });

  test("a search attribute that is not registered", async () => {
    const world = await createLoomWorld(temporal, {
      searchAttributes: () => [{ key: { name: "NobodyKnows", type: "KEYWORD" }, value: "x" }],
    });
    const told = error("engine_unavailable", "searchAttributes: ", "register");
    await expect(world.start("one")).rejects.toThrow(told);
    await world.cancel("one");
    expect((await world.candidate("one")).status).toBe("not_started");
  });

  test("what fails before it is sent", async () => {
    const failing: ClientOptions["dataConverter"] = {
      payloadCodecs: [
        { encode: () => Promise.reject(new Error("no key")), decode: async (payloads) => payloads },
      ],
    };
    const client = temporal.clientWith({ dataConverter: failing });
    const world = await createLoomWorld(temporal, { client });
    await expect(world.start("one")).rejects.toThrow(error("engine_unavailable", "data converter"));
  });

  test("a server that is away, which no open waits for to come", async () => {
    const connection = Connection.lazy({ address: "127.0.0.1:1" });
    const client = new Client({ connection });
    const world = await createLoomWorld(temporal, { client, requestSeconds: 1 });
    await world.loom.open();
    onTestFinished(() => world.loom.close());
    const told = error("engine_unavailable", "could not be reached");
    await expect(world.loom.ready()).rejects.toThrow(told);
    await expect(world.start("one")).rejects.toThrow(told);
  });
});

describe("a run with more in it than Temporal takes", () => {
  test("is refused for good, and its candidate may start with less", async () => {
    const padding = { mebibytes: 2.5 };
    const dataConverter = { payloadCodecs: [paddingCodec(padding)] };
    const world = await createLoomWorld(temporal, {
      client: temporal.clientWith({ dataConverter }),
    });
    await expect(world.start("one")).rejects.toThrow(error("payload_too_large", "inputs"));
    expect(await world.candidate("one")).toMatchObject({ status: "not_started", attempt: 1 });
    const { cancelledAttempts } = await world.loom.listCancelledAttempts(world.migrationId);
    expect(cancelledAttempts).toMatchObject([{ attempt: 1, cancelledBy: "loom" }]);
    padding.mebibytes = 0;
    expect(await world.loom.start(refOf(world))).toMatchObject({ attempt: 2 });
    expect(await world.engine.getRun(world.runId("one"), 2)).toEqual({ phase: "running" });
  });
});

/** Makes the argument of a start longer, as an encryption does. */
function paddingCodec(padding: { readonly mebibytes: number }): PayloadCodec {
  const padded = (payload: Payload): Payload => {
    const data = Buffer.from(payload.data ?? []);
    const spaces = data.includes("interpreterVersion") ? padding.mebibytes * 2 ** 20 : 0;
    return { ...payload, data: Buffer.concat([data, Buffer.alloc(spaces, " ")]) };
  };
  return {
    encode: async (payloads) => payloads.map(padded),
    decode: async (payloads) => payloads,
  };
}

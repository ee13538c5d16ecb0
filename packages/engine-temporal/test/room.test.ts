import { readFileSync } from "node:fs";
import type { StringMap } from "@loom/core";
import type { Payload, PayloadCodec } from "@temporalio/common";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { given } from "./world/given.ts";
import { createLoomWorld, type LoomWorld, until } from "./world/loom.ts";
import { TEST_TIMEOUT_MS } from "./world/patience.ts";
import { connectTemporal, type Temporal } from "./world/temporal.ts";
import { startWorker } from "./world/worker.ts";

vi.setConfig({ testTimeout: TEST_TIMEOUT_MS, hookTimeout: TEST_TIMEOUT_MS });

/** The longest value that Loom takes. */
const VALUE = "x".repeat(16 * 1024);
const NAMES = Array.from({ length: 64 }, (_, n) => `name ${n}`);
const STEPS = ["first", "second", "third"].map((name) => ({ name, compensable: true }));
const NOTE = expect.objectContaining({ "loom:note": expect.stringContaining("left out") });

let temporal: Temporal;
beforeAll(async () => {
  temporal = await connectTemporal(given());
});
afterAll(() => temporal.close());

function newWorld(options = {}): Promise<LoomWorld> {
  return createLoomWorld(temporal, { steps: STEPS, inputs: NAMES, ...options });
}

async function worldWithWorker(options = {}): Promise<LoomWorld> {
  const world = await newWorld(options);
  const worker = await startWorker(temporal, world.engine, { maxCachedWorkflows: 0 });
  onTestFinished(() => worker.stop());
  return world;
}

describe("a run that holds much", () => {
  test("just below the bound keeps all of it, is continued with it, and ends, under a codec that makes a third more of it", async () => {
    const client = temporal.clientWith({ dataConverter: { payloadCodecs: [inText()] } });
    const world = await worldWithWorker({ client });
    await startWith(world, values(24));
    await reportUntilContinued(world, values(48));
    expect(await metadataOf(world, "first")).toEqual(values(48));
    await world.report("one", 1);
    await world.report("one", 2);
    await world.report("one", 3);
    expect(await world.untilStatus("one", "completed")).toMatchObject({ attempt: 1 });
  });

  test("just above the bound keeps what the steps came to and says what is missing, and ends", async () => {
    const world = await worldWithWorker();
    await startWith(world, values(24));
    const prUrl = "https://example.com/1";
    await reportUntilContinued(world, { ...values(49), prUrl });
    expect(await metadataOf(world, "first")).toEqual(
      expect.objectContaining({ prUrl, "loom:note": expect.any(String) }),
    );
    await world.report("one", 1, { metadata: values(24) });
    await world.report("one", 2, { metadata: values(40) });
    await world.report("one", 3, { success: false, error: VALUE, metadata: values(40) });
    await until("the failure", async () => (await stepOf(world, "third"))?.status === "failed");
    expect(await metadataOf(world, "first")).toMatchObject({ prUrl, ...values(24) });
    expect(await metadataOf(world, "second")).toEqual(NOTE);
    expect(await metadataOf(world, "third")).toEqual(NOTE);
    await world.loom.retryStep(refOf(world), { stepName: "third" });
    await world.report("one", 4);
    expect(await world.untilStatus("one", "completed")).toMatchObject({ attempt: 1 });
  });

  test("is shown, undone and ended though its store was away", async () => {
    const world = await worldWithWorker();
    await startWith(world, values(24));
    await world.untilCalls("one", "1 do first 1");
    world.storeAway(true);
    await world.report("one", 1, { phase: "open", metadata: values(48) });
    await untilPatient(world);
    world.storeAway(false);
    await until("the view", async () => (await stepOf(world, "first"))?.status === "open");
    await world.cancel("one", true);
    await until("the undoing", () => world.migrators.calls("one").includes("1 undo first 1"));
    expect(world.migrators.received.at(-1)).toMatchObject({ stepMetadata: values(48) });
    await world.report("one", 2);
    await world.untilStatus("one", "not_started");
  });
});

describe("a run that began before runs had a bound", () => {
  test("is replayed without one, and has it from its next report on", async () => {
    const world = await newWorld();
    const before = await startWorker(temporal, world.engine, { workflowBundle: unbounded() });
    await startWith(world, {});
    await world.report("one", 1, { metadata: values(50) });
    await world.untilCalls("one", "1 do first 1", "1 do second 1");
    expect(await metadataOf(world, "first")).toEqual(values(50));
    await before.stop();

    const after = await startWorker(temporal, world.engine);
    onTestFinished(() => after.stop());
    await world.report("one", 2, { metadata: values(50) });
    await world.report("one", 3);
    await world.untilStatus("one", "completed");
    expect(await metadataOf(world, "first")).toEqual(values(50));
    expect(await metadataOf(world, "second")).toEqual(NOTE);
  });
});

describe("inputs", () => {
  const REFUSAL = { code: "payload_too_large", message: expect.stringContaining("inputs") };

  test("that are more than a run can hold are refused at its start, which leaves nothing behind", async () => {
    const world = await worldWithWorker();
    await expect(startWith(world, values(25))).rejects.toMatchObject(REFUSAL);
    const queued = world.loom.queue(refOf(world), { inputs: values(25) });
    await expect(queued).rejects.toMatchObject(REFUSAL);
    expect(await world.candidate("one")).toMatchObject({ status: "not_started" });
    await world.loom.start(refOf(world), { inputs: values(24) });
    await world.untilCalls("one", "1 do first 1");
  });

  test("that would become more than the run can hold are refused, and change nothing", async () => {
    const world = await worldWithWorker();
    await startWith(world, values(20));
    await world.untilCalls("one", "1 do first 1");
    const more = Object.fromEntries(NAMES.slice(30, 35).map((name) => [name, VALUE]));
    const refused = world.loom.updateInputs(refOf(world), more);
    await expect(refused).rejects.toMatchObject(REFUSAL);
    await world.report("one", 1);
    await world.untilCalls("one", "1 do first 1", "1 do second 1");
    expect(world.migrators.received.at(-1)).toMatchObject({ inputs: values(20) });
  });
});

/** The workflow as it was: without a bound. */
function unbounded(): { readonly code: string } {
  const code = readFileSync(temporal.bundlePath, "utf8");
  const edited = code.replaceAll(/\(0, ?\w+\.patched\)\("loom-room"\)/g, "false");
  if (edited === code) throw new Error("the bundle has no such patch");
  return { code: edited };
}

function values(count: number): StringMap {
  return Object.fromEntries(NAMES.slice(0, count).map((name) => [name, VALUE]));
}

function refOf({ migrationId }: LoomWorld) {
  return { migrationId, candidateId: "one" };
}

async function startWith(world: LoomWorld, inputs: StringMap): Promise<void> {
  const discovery = { id: "found", complete: true };
  await world.loom.submitCandidates(world.migrationId, { candidates: [{ id: "one" }], discovery });
  await world.loom.start(refOf(world), { inputs });
}

/** Reports on the first step over and over: the history becomes large at once. */
async function reportUntilContinued(world: LoomWorld, metadata: StringMap): Promise<void> {
  await world.untilCalls("one", "1 do first 1");
  const handle = world.engine.client.workflow.getHandle(world.runId("one"));
  const { runId } = await handle.describe();
  for (let sent = 0; (await handle.describe()).runId === runId; sent++) {
    if (sent > 50) throw new Error("there was no continue-as-new");
    const phase = sent % 2 === 0 ? "open" : "awaiting_review";
    await world.report("one", 1, { phase, metadata });
    await until("the report", async () => (await stepOf(world, "first"))?.status === phase);
  }
}

async function untilPatient(world: LoomWorld): Promise<void> {
  const handle = world.engine.client.workflow.getHandle(world.runId("one"));
  await until("the patient write", async () => {
    const { raw } = await handle.describe();
    const pending = raw.pendingActivities ?? [];
    return pending.some(({ activityType }) => activityType?.name === "loomWrite");
  });
}

async function stepOf(world: LoomWorld, name: string) {
  const { steps } = await world.loom.getSteps(refOf(world));
  return steps.find(({ stepName }) => stepName === name);
}

async function metadataOf(world: LoomWorld, name: string) {
  return (await stepOf(world, name))?.metadata;
}

/** A codec that writes what it is given as text, as some that encrypt do. */
function inText(): PayloadCodec {
  return {
    encode: async (payloads) => payloads.map(asText),
    decode: async (payloads) => payloads.map(ofText),
  };
}

function asText({ metadata, data }: Payload): Payload {
  return {
    metadata: { ...metadata, text: Buffer.from("base64") },
    data: Buffer.from(Buffer.from(data ?? []).toString("base64")),
  };
}

function ofText({ metadata, data }: Payload): Payload {
  const entries = Object.entries(metadata ?? {}).filter(([name]) => name !== "text");
  return {
    metadata: Object.fromEntries(entries),
    data: Buffer.from(Buffer.from(data ?? []).toString(), "base64"),
  };
}

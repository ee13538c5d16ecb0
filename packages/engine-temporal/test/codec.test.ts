import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { Payload, PayloadCodec } from "@temporalio/common";
import { temporal as api } from "@temporalio/proto";
import { expect, onTestFinished, test, vi } from "vitest";
import { given } from "./world/given.ts";
import { createLoomWorld, until } from "./world/loom.ts";
import { connectTemporal } from "./world/temporal.ts";
import { startWorker } from "./world/worker.ts";
import { TEST_TIMEOUT_MS } from "./world/patience.ts";

vi.setConfig({ testTimeout: TEST_TIMEOUT_MS, hookTimeout: TEST_TIMEOUT_MS });

test("an encrypting codec of the client leaves no plaintext in Temporal, and the worker takes it over", async () => {
  const temporal = await connectTemporal(given());
  onTestFinished(() => temporal.close());
  const client = temporal.clientWith({ dataConverter: { payloadCodecs: [encryption()] } });
  const world = await createLoomWorld(temporal, { client, steps: PLAN });
  const worker = await startWorker(temporal, world.engine);
  onTestFinished(() => worker.stop());

  await world.start("one");
  await world.report("one", 1, { phase: "open", metadata: { prUrl: MARKERS[0] } });
  await world.report("one", 1, { success: false, error: MARKERS[1] });
  await until(
    "the failure",
    async () => (await world.candidate("one")).currentStep?.status === "failed",
  );
  const ref = { migrationId: world.migrationId, candidateId: "one" };
  await world.loom.retryStep(ref, { stepName: "bump" });
  await world.report("one", 2, { metadata: { note: MARKERS[2] } });
  await until("approve", () => world.migrators.calls("one").includes("1 do approve 1"));
  await world.loom.cancel(ref, { compensate: true, reason: MARKERS[3] });
  await world.report("one", 4);
  await world.untilStatus("one", "not_started");

  const handle = client.workflow.getHandle(world.runId("one"));
  const history = api.api.history.v1.History.encode(await handle.fetchHistory()).finish();
  const description = JSON.stringify((await handle.describe()).raw);
  const stored = Buffer.from(history).toString("latin1") + description;
  const steps = PLAN.map(({ name }) => name);
  expect([...MARKERS, ...steps].filter((text) => stored.includes(text))).toEqual([]);
  expect(stored.includes("binary/encrypted")).toBe(true);
  expect((await handle.describe()).memo).toMatchObject({ attempt: 1, phase: "cancelling" });
});

const PLAN = [{ name: "bump", timeoutSeconds: 600, compensable: true }, { name: "approve" }];
const MARKERS = ["plain-metadata", "plain-error", "plain-note", "plain-reason"] as const;

function encryption(): PayloadCodec {
  const key = randomBytes(32);
  return {
    encode: async (payloads) => payloads.map((payload) => sealed(key, payload)),
    decode: async (payloads) => payloads.map((payload) => opened(key, payload)),
  };
}

function sealed(key: Buffer, payload: Payload): Payload {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const plain = api.api.common.v1.Payload.encode(payload).finish();
  const data = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return { metadata: { encoding: Buffer.from("binary/encrypted") }, data };
}

function opened(key: Buffer, { data }: Payload): Payload {
  const bytes = Buffer.from(data ?? []);
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(-16));
  const plain = Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
  return api.api.common.v1.Payload.decode(plain);
}

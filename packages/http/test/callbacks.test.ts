import { expect, test } from "vitest";
import { announcementOf, stageServer } from "./support/stage.ts";

/** Two candidates at their first step. */
async function running() {
  const stage = await stageServer();
  await stage.loom.announce(announcementOf(stage.migratorUrl));
  const start = async (candidateId: string, number: number) => {
    await stage.loom.start({ migrationId: "chart-upgrade", candidateId });
    return stage.dispatch(number);
  };
  const billing = await start("billing", 1);
  const ledger = await start("ledger", 2);
  const report = (callbackId: string, candidateId = "billing") =>
    stage.send({
      method: "POST",
      path: `/event/${callbackId}`,
      as: "nobody",
      body: { stepName: "bump", candidateId, success: true },
    });
  const stepOf = async (candidateId: string) =>
    (await stage.loom.getSteps({ migrationId: "chart-upgrade", candidateId })).steps[0]?.status;
  return { ...stage, billing, ledger, report, stepOf };
}

test("the callback id of a dispatch is enough to report on it", async () => {
  const { billing, report, stepOf } = await running();
  expect(await report(billing.callbackId)).toMatchObject({
    status: 202,
    json: { status: "accepted" },
  });
  expect(await stepOf("billing")).toBe("completed");
  expect(await stepOf("ledger")).toBe("in_progress");
});

test("another's callback id reports on the other's call, never on one's own choice", async () => {
  const { billing, report, stepOf } = await running();
  await report(billing.callbackId, "ledger");
  expect(await stepOf("ledger")).toBe("in_progress");
});

test("a tampered, truncated, extended, guessed or empty callback id is nobody's", async () => {
  const { billing, ledger, report, stepOf } = await running();
  const [prefix = "", payload = "", mac = ""] = billing.callbackId.split(".");
  const [, otherPayload = "", otherMac = ""] = ledger.callbackId.split(".");
  const flipped = mac.replace(/^./, (first) => (first === "A" ? "B" : "A"));
  const hostile = [
    `${prefix}.${otherPayload}.${mac}`,
    `${prefix}.${payload}.${otherMac}`,
    `${prefix}.${payload}.${flipped}`,
    `${prefix}.${payload}.${mac.slice(0, -1)}`,
    `${prefix}.${payload}.${mac}A`,
    `${prefix}.${payload}.`,
    `${prefix}.${payload}`,
    `${prefix}.`,
    `${prefix}..`,
    `${prefix}.${payload}.%C3%A9%C3%A9`,
    `${prefix}.${payload}.${"A".repeat(43)}`,
    `${prefix}.${"A".repeat(3_000)}.${mac}`,
  ];
  for (const callbackId of hostile)
    expect({ callbackId, ...(await report(callbackId)) }).toMatchObject({
      callbackId,
      status: 401,
      json: { code: "unauthenticated" },
    });
  expect(await stepOf("billing")).toBe("in_progress");
});

test("the callback id of a cancelled attempt is stale", async () => {
  const { loom, billing, report } = await running();
  const ref = { migrationId: "chart-upgrade", candidateId: "billing" };
  await loom.cancel(ref);
  const settled = async (): Promise<void> => {
    while ((await loom.getCandidate(ref)).status !== "not_started") await new Promise(setImmediate);
  };
  await settled();
  await loom.start(ref);
  expect((await report(billing.callbackId)).json).toEqual({ status: "ignored", reason: "stale" });
});

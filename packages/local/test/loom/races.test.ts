import type { Store } from "@loom/core";
import { LoomError } from "@loom/core";
import { expect, test } from "vitest";
import { createLocalEngine, createMemoryStore } from "../../src/index.ts";
import {
  billing,
  engineThatIsDown,
  inputs,
  MIGRATION,
  openLoom,
  outcome,
  untilStatus,
} from "./harness.ts";

test("two starts at once give one run and one clear conflict", async () => {
  const { loom, received, call } = await openLoom();
  const outcomes = await Promise.all([
    outcome(loom.start(billing, { inputs })),
    outcome(loom.start(billing, { inputs })),
  ]);
  expect(outcomes.toSorted()).toEqual(["already_running", "ok"]);
  await call(1);
  expect(received).toHaveLength(1);
  await loom.close();
});

test("64 operators who start 1,000 candidates at once give exactly 1,000 runs", async () => {
  const candidates = Array.from({ length: 1000 }, (_, n) => ({ id: `service-${n}` }));
  const { loom, received, call } = await openLoom(candidates);
  const wins = await Promise.all(
    Array.from({ length: 64 }, async () => {
      let won = 0;
      for (const { id: candidateId } of candidates)
        if (
          (await outcome(loom.start({ migrationId: MIGRATION, candidateId }, { inputs }))) === "ok"
        )
          won++;
      return won;
    }),
  );
  expect(wins.reduce((sum, won) => sum + won, 0)).toBe(1000);
  await call(1000);
  expect(received).toHaveLength(1000);
  expect((await loom.getMigration(MIGRATION)).counts.running).toBe(1000);
  await loom.close();
});

test("a claim whose engine could not be reached answers 503, and the same start again drives it on", async () => {
  const { engine, comesUp } = engineThatIsDown();
  const { loom, call } = await openLoom([{ id: "billing" }], { engine });
  expect(await outcome(loom.start(billing, { inputs }))).toBe("engine_unavailable");
  expect(await outcome(loom.start(billing, { inputs }))).toBe("engine_unavailable");
  comesUp();
  expect(await loom.start(billing, { inputs })).toMatchObject({ attempt: 1 });
  expect((await call(1)).attempt).toBe(1);
  expect(await outcome(loom.start(billing, { inputs }))).toBe("already_running");
  await loom.close();
});

test("a claim that crashed before its engine had it is driven on by the recovery, once", async () => {
  const { engine, comesUp } = engineThatIsDown();
  const { loom, received, call } = await openLoom([{ id: "billing" }], { engine });
  await outcome(loom.start(billing, { inputs }));
  comesUp();
  expect(await loom.recover()).toEqual({ started: 1, closed: 0, failed: 0 });
  expect(await loom.recover()).toEqual({ started: 0, closed: 0, failed: 0 });
  await call(1);
  expect(received).toHaveLength(1);
  await loom.close();
});

test("a claim that its engine never got can be cancelled", async () => {
  const { engine, comesUp } = engineThatIsDown();
  const { loom } = await openLoom([{ id: "billing" }], { engine });
  await outcome(loom.start(billing, { inputs }));
  expect(await outcome(loom.cancel(billing))).toBe("engine_unavailable");
  comesUp();
  await loom.cancel(billing);
  await untilStatus(loom, "billing", "not_started");
  expect((await loom.listCancelledAttempts(MIGRATION)).cancelledAttempts).toHaveLength(1);
  await loom.close();
});

test("a run whose engine instance is gone is finished as cancelled by the recovery, with that reason", async () => {
  const engine = createLocalEngine({ pollMs: 20 });
  const forgetful = { ...engine, getRun: async () => null };
  const { loom, call } = await openLoom([{ id: "billing" }], { engine: forgetful });
  await loom.start(billing, { inputs });
  await call(1);
  expect(await loom.recover()).toEqual({ started: 0, closed: 1, failed: 0 });
  expect((await loom.getCandidate(billing)).status).toBe("not_started");
  const { cancelledAttempts } = await loom.listCancelledAttempts(MIGRATION);
  expect(cancelledAttempts[0]?.reason).toMatch(/no longer knows this run/);
  await loom.close();
});

test("a change whose reply was lost is recognised as one's own", async () => {
  const memory = createMemoryStore();
  let cuts = 0;
  const store = {
    ...memory,
    changeStatus: async (change: Parameters<typeof memory.changeStatus>[0]) => {
      const result = await memory.changeStatus(change);
      if (cuts++ % 2 === 0) throw new LoomError("store_unavailable", "connection terminated");
      return result;
    },
  };
  const { loom, received, call } = await openLoom([{ id: "billing" }], { store });
  expect(await loom.queue(billing, { inputs })).toMatchObject({ attempt: 1 });
  expect(await loom.execute(billing)).toMatchObject({ attempt: 1 });
  await call(1);
  expect(received).toHaveLength(1);
  const { history } = await loom.listHistory(MIGRATION);
  expect(history.filter(({ action }) => action === "queue")).toHaveLength(1);
  await loom.close();
});

/** A store that applies the first change of a status and loses the reply, after which another hand is faster than the repetition. */
function storeThatLosesOneReply(other: () => Promise<unknown>) {
  const memory = createMemoryStore();
  let isLost = false;
  return {
    ...memory,
    async changeStatus(change: Parameters<Store["changeStatus"]>[0]) {
      const result = await memory.changeStatus(change);
      if (isLost) return result;
      isLost = true;
      await other();
      throw new LoomError("store_unavailable", "connection terminated");
    },
  };
}

test("a change that may have been made is not refused for what another hand made of it since", async () => {
  const store = storeThatLosesOneReply(() => loom.start(billing, { inputs }));
  const { loom } = await openLoom([{ id: "billing" }], { store });
  expect(await outcome(loom.queue(billing, { inputs }))).toBe("store_unavailable");
  expect(await loom.getCandidate(billing)).toMatchObject({ status: "running", attempt: 1 });
  await loom.close();
});

test("a change that may have been made is not made again after another hand took it back", async () => {
  const store = storeThatLosesOneReply(() => loom.dequeue(billing));
  const { loom } = await openLoom([{ id: "billing" }], { store });
  expect(await outcome(loom.queue(billing, { inputs }))).toBe("store_unavailable");
  const { history } = await loom.listHistory(MIGRATION);
  expect(history.filter(({ action }) => action === "queue")).toHaveLength(1);
  await loom.close();
});

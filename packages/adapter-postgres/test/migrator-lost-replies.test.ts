import type { MigratorStore, OutboxEvent, Wait } from "@loom/migrator-sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { entryOf } from "./inbox-entry.ts";
import type { CuttingProxy } from "../../../test/servers/cutting-proxy.ts";
import { createPostgresMigratorStore } from "../src/migrator/index.ts";
import { openCutPool } from "./cut-connections.ts";
import { anySchema, dropSchema, openPool } from "./database.ts";

const ROUNDS = 25;
const LEASE = { owner: "me", now: 5, leaseMs: 1_000, limit: 10 };

describe("replies to a migrator's store that are lost", () => {
  const pool = openPool();
  const schema = anySchema();
  let proxy: CuttingProxy;
  let store: MigratorStore;

  beforeAll(async () => {
    const cutPool = await openCutPool();
    proxy = cutPool.proxy;
    store = createPostgresMigratorStore({ pool: cutPool.pool, schema });
    await store.open();
    return () => cutPool.close();
  });
  afterAll(async () => {
    await dropSchema(pool, schema);
    await pool.end();
  });

  /** Makes a call while the connection is cut in place of the reply to its first request, or to a later one. */
  const cut = <T>(call: () => Promise<T>, after = 0): Promise<T> => {
    proxy.cutReply(after);
    return call();
  };

  async function leaseAgain(sent: readonly string[]): Promise<readonly string[]> {
    return sent.length > 0 ? [] : (await store.outbox.lease(LEASE)).map((each) => each.id);
  }

  test("lead to no wrong answer, and nothing is done twice", { timeout: 60_000 }, async () => {
    const { inbox, waits, outbox } = store;
    for (let n = 0; n < ROUNDS; n++) {
      const id = `call ${n}`;
      expect(await cut(() => inbox.add(entryOf(id, "run")), n % 4)).toBe(true);
      const leased = await cut(() => inbox.lease(LEASE));
      expect(leased.map((each) => each.id)).toEqual([id]);
      expect(await cut(() => inbox.renew({ ...LEASE, ids: [id] }))).toEqual([id]);
      const result = { id, owner: "me", now: 6, events: [eventOf(`open ${n}`, id)] };
      expect(await cut(() => inbox.finish({ ...result, wait: waitOf(id) }))).toBe(true);
      expect(await cut(() => waits.close(id, eventOf(`merged ${n}`, id), 7))).toBe(true);
      for (const event of [`open ${n}`, `merged ${n}`]) {
        const sent = (await cut(() => outbox.lease(LEASE), n % 4)).map((each) => each.id);
        // The server may hold the locks of a lost request for a moment longer: then nothing is free yet.
        await expect.poll(async () => [...sent, ...(await leaseAgain(sent))]).toEqual([event]);
        await cut(() => outbox.remove(event), n % 4);
      }
    }
    expect(proxy.cuts).toBe(9 * ROUNDS);
    expect(await store.nextDueAt()).toBe(null);
  });
});

function waitOf(id: string): Wait {
  const report = { callbackId: "L1.x", stepName: "step", candidateId: "billing" };
  return { id, runId: "run", key: "key", migrationId: "m", handler: "bump", report, calledAt: 1 };
}

function eventOf(id: string, stream: string): OutboxEvent {
  const body = { stepName: "step", candidateId: "billing", success: true, eventId: id };
  return { id, stream, runId: "run", callbackId: "L1.x", body };
}

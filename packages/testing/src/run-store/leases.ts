import type { Runner } from "../runner.ts";
import { HOSTILE_IDS } from "../store/ids.ts";
import type { LawTest } from "../store/fixture.ts";
import {
  begin,
  commitOf,
  entryOf,
  finishOf,
  held,
  LEASE,
  lease,
  nameOf,
  revise,
  START,
} from "./runs.ts";

/** The laws of the outbox: what is due, and who holds it. */
export function leaseLaws({ expect }: Runner, test: LawTest): void {
  test("gives an entry back as it was put in", async (t) => {
    const [entry] = await begin(t, "one", { call: 7 });
    const request = { owner: t.migrationId, now: START + 7, leaseMs: LEASE, limit: 100 };
    const found = (await t.store.leaseDue(request)).find(({ id }) => id === entry?.id);
    expect(found).toEqual(entry);
  });

  test("gives out what is due, the longest due first, up to the limit", async (t) => {
    await begin(t, "one", { c: 30, a: 10, later: 101, d: 100, b: 20 });
    expect(await lease(t, "me", 100, 2)).toEqual(["a", "b"]);
    expect(await lease(t, "me", 100, 2)).toEqual(["c", "d"]);
    expect(await lease(t, "me", 100, 2)).toEqual([]);
    expect(await lease(t, "me", 101, 2)).toEqual(["later"]);
  });

  test("never lets two owners hold an entry at once", async (t) => {
    const entries = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`e${n}`, n]));
    await begin(t, "one", entries);
    const rounds = Array.from({ length: 12 }, (_, n) => lease(t, `owner ${n}`, 100, 10));
    const given = (await Promise.all(rounds)).flat();
    expect(given.length).toBe(new Set(given).size);
    const rest = await lease(t, "last", 100);
    expect([...given, ...rest].toSorted()).toEqual(Object.keys(entries).toSorted());
  });

  test("gives an entry to another when its lease has run out, not before", async (t) => {
    await begin(t, "one", { call: 0 });
    expect(await lease(t, "first", 5)).toEqual(["call"]);
    expect(await lease(t, "second", 5 + LEASE - 1)).toEqual([]);
    expect(await lease(t, "second", 5 + LEASE)).toEqual(["call"]);
    expect(await lease(t, "first", 6 + LEASE)).toEqual([]);
  });

  test("prolongs the leases that an owner still holds, and no others", async (t) => {
    const entries = await begin(t, "one", { call: 0 });
    await lease(t, "first", 0);
    const renew = (owner: string, elapsed: number) => {
      const at = { now: START + elapsed, leaseMs: LEASE };
      return t.store.renewLeases({ ...held(t, owner, entries), ...at });
    };
    await renew("first", LEASE - 1);
    await renew("second", 5 * LEASE);
    expect(await lease(t, "second", 2 * LEASE - 2)).toEqual([]);
    expect(await lease(t, "second", 2 * LEASE - 1)).toEqual(["call"]);
    await renew("first", 9 * LEASE);
    expect(await lease(t, "third", 3 * LEASE)).toEqual(["call"]);
  });

  test("ends a lease sooner when it is renewed for a shorter time", async (t) => {
    const entries = await begin(t, "one", { call: 0, other: 1 });
    await lease(t, "first", 10);
    const sooner = { ...held(t, "first", entries.slice(0, 1)), now: START + 20, leaseMs: 30 };
    await t.store.renewLeases(sooner);
    expect(await t.store.nextDueAt()).toBe(START + 50);
    expect(await lease(t, "second", 49)).toEqual([]);
    expect(await lease(t, "second", 50)).toEqual(["call"]);
  });

  test("gives up only an owner's own leases, at once", async (t) => {
    const entries = await begin(t, "one", { call: 0 });
    await lease(t, "first", 0);
    await t.store.releaseLeases(held(t, "second", entries));
    expect(await lease(t, "second", 1)).toEqual([]);
    await t.store.releaseLeases(held(t, "first", entries));
    expect(await lease(t, "second", 1)).toEqual(["call"]);
  });

  test("puts an entry off with its tries, and lets any owner have it then", async (t) => {
    const [entry] = await begin(t, "one", { call: 0 });
    await lease(t, "first", 0);
    const id = entry?.id ?? "";
    await revise(t, "one", { postpone: [{ id, dueAt: START + 50, tries: 3 }] });
    expect(await lease(t, "second", 49)).toEqual([]);
    const again = { owner: t.migrationId, now: START + 50, leaseMs: LEASE, limit: 100 };
    const found = (await t.store.leaseDue(again)).find((each) => each.id === id);
    expect(found).toEqual(entry && { ...entry, dueAt: START + 50, tries: 3 });
  });

  test("hastens what is put off, and leaves a lease on it standing", async (t) => {
    const [waiting, taken] = await begin(t, "one", { waiting: 90_000, taken: 0 });
    await lease(t, "first", 0);
    await revise(t, "one", { hasten: [waiting?.id ?? "", taken?.id ?? ""] });
    expect(await lease(t, "second", 1)).toEqual(["waiting"]);
    expect(await lease(t, "second", LEASE)).toEqual(["taken"]);
  });

  test("drops what is done with, and lets what is not there pass", async (t) => {
    const [done] = await begin(t, "one", { done: 0, kept: 0 });
    const unknown = entryOf(t, "one", "unknown", 0).id;
    const nothing = { remove: [unknown], hasten: [unknown] };
    const postpone = [{ id: unknown, dueAt: START, tries: 1 }];
    expect(await revise(t, "one", { ...nothing, postpone })).toBe(true);
    expect(await revise(t, "one", { remove: [done?.id ?? ""] })).toBe(true);
    expect(await lease(t, "me", 10)).toEqual(["kept"]);
  });

  test("says when the next entry can be had", async (t) => {
    const ends = async () => revise(t, "one", { finish: finishOf(t, "one", "completed") });
    const next = async () => ((await t.store.nextDueAt()) ?? Number.NaN) - START;
    await begin(t, "one", { soon: 500, later: 90_000 });
    expect(await next()).toBe(500);
    expect(await lease(t, "me", 600)).toEqual(["soon"]);
    expect(await next()).toBe(600 + LEASE);
    await t.store.releaseLeases(held(t, "me", [entryOf(t, "one", "soon", 500)]));
    expect(await next()).toBe(500);
    await ends();
    expect(await t.store.nextDueAt()).toBe(null);
  });

  test("keeps the entries of runs with hostile ids apart", async (t) => {
    const ids = HOSTILE_IDS.slice(0, 20);
    for (const id of ids) await begin(t, id, { call: 0 });
    const now = { now: START, leaseMs: LEASE, limit: 500 };
    const entries = await t.store.leaseDue({ owner: t.migrationId, ...now });
    const mine = entries.filter(({ runId }) => runId.startsWith(`${t.migrationId}__`));
    const runIds = mine.map(({ runId }) => runId.slice(t.migrationId.length + 2));
    expect(runIds.toSorted()).toEqual(ids.toSorted());
    expect(new Set(mine.map(nameOf))).toEqual(new Set(["call"]));
    for (const id of ids) {
      const { expectedVersion } = commitOf(t, id, { expectedVersion: 1 });
      expect(await revise(t, id, { finish: finishOf(t, id, "completed") })).toBe(true);
      expect(await t.store.commitRun(commitOf(t, id, { expectedVersion }))).toBe(false);
    }
    expect(await lease(t, "me", 10 * LEASE)).toEqual([]);
  });
}

import type { Runner } from "../runner.ts";
import { LEASE, START, leaseBy } from "./builders.ts";
import type { MigratorStoreTest } from "./law-test.ts";

/** The laws of the outbox. */
export function outboxLaws({ expect }: Runner, test: MigratorStoreTest): void {
  test("gives the events of a call one after the other, in order, and those of others beside them", async (t) => {
    const { outbox } = t.store;
    for (const id of ["a1", "a2", "a3"]) await outbox.append(t.event(id, "a"));
    await outbox.append(t.event("b1", "b"));
    expect(await t.send("me")).toEqual(["a1", "b1"]);
    expect(await t.send("you")).toEqual([]);
    await outbox.remove(t.name("a1"));
    expect(await t.send("you")).toEqual(["a2"]);
    await outbox.remove(t.name("a2"));
    await outbox.remove(t.name("b1"));
    await outbox.append(t.event("b2", "b"));
    expect((await t.send("me")).toSorted()).toEqual(["a3", "b2"]);
  });

  test("gives an event back as it was put in", async (t) => {
    await t.store.outbox.append(t.event("e", "a"));
    const leased = await t.store.outbox.lease(leaseBy("me"));
    const ours = leased.find(({ id }) => id === t.name("e"));
    expect(ours).toEqual({ ...t.event("e", "a"), tries: 0 });
  });

  test("gives a stream to another when its lease has run out, not before", async (t) => {
    await t.store.outbox.append(t.event("e", "a"));
    expect(await t.send("me")).toEqual(["e"]);
    expect(await t.send("you", LEASE - 1)).toEqual([]);
    expect(await t.send("you", LEASE)).toEqual(["e"]);
  });

  test("puts a stream off until it is due, with its tries, by its owner only", async (t) => {
    const { outbox } = t.store;
    await outbox.append(t.event("e1", "a"));
    await outbox.append(t.event("e2", "a"));
    await t.send("me");
    const postponement = { id: t.name("e1"), dueAt: START + 500, tries: 3 };
    await outbox.postpone({ ...postponement, owner: "you" });
    expect(await t.send("you", 600)).toEqual([]);
    await outbox.postpone({ ...postponement, owner: "me" });
    expect(await t.send("you", 499)).toEqual([]);
    const leased = await outbox.lease(leaseBy("you", 500));
    expect(leased.find(({ id }) => id === t.name("e1"))?.tries).toBe(3);
  });

  test("takes out what is not there without harm", async (t) => {
    await t.store.outbox.append(t.event("e", "a"));
    await t.store.outbox.remove(t.name("other"));
    expect(await t.send("me")).toEqual(["e"]);
    await t.store.outbox.remove(t.name("e"));
    await t.store.outbox.remove(t.name("e"));
    expect(await t.send("me", 2 * LEASE)).toEqual([]);
  });

  test("knows when the next work is due, leased work aside", async (t) => {
    const { store } = t;
    await store.inbox.add(t.entry("a"));
    expect(((await store.nextDueAt()) ?? Infinity) <= START).toBe(true);
    await t.work("me");
    await store.inbox.postpone({ id: t.name("a"), owner: "me", dueAt: START + 7, tries: 1 });
    expect(((await store.nextDueAt()) ?? Infinity) <= START + 7).toBe(true);
  });
}

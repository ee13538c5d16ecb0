import type { Runner } from "../runner.ts";
import { LEASE, START, leaseBy } from "./builders.ts";
import type { MigratorStoreTest } from "./law-test.ts";

/** The laws of the inbox. */
export function inboxLaws({ expect }: Runner, test: MigratorStoreTest): void {
  test("takes a call once, whether it is at work or worked off", async (t) => {
    const { inbox } = t.store;
    const added = await Promise.all([1, 2, 3].map(() => inbox.add(t.entry("a"))));
    expect(added.filter(Boolean).length).toBe(1);
    expect(await inbox.has(t.name("a"))).toBe(true);
    expect(await t.work("me")).toEqual(["a"]);
    await t.finish("a");
    expect(await inbox.add(t.entry("a"))).toBe(false);
    expect(await t.work("me")).toEqual([]);
    expect(await inbox.has(t.name("other"))).toBe(false);
  });

  test("gives a call back as it was put in", async (t) => {
    await t.store.inbox.add(t.entry("a"));
    const [leased] = await t.store.inbox.lease(leaseBy("me"));
    expect(leased).toEqual({ ...t.entry("a"), tries: 0 });
  });

  test("never lets two owners have a run at once, until the lease runs out", async (t) => {
    await t.store.inbox.add(t.entry("a"));
    const both = await Promise.all([t.work("me"), t.work("you")]);
    expect(both.flat()).toEqual(["a"]);
    const loser = both[0].length > 0 ? "you" : "me";
    expect(await t.work(loser, LEASE - 1)).toEqual([]);
    expect(await t.work(loser, LEASE)).toEqual(["a"]);
  });

  test("keeps to the limit, and gives the oldest first", async (t) => {
    for (const call of ["a", "b", "c"]) await t.store.inbox.add(t.entry(call, call));
    const leased = await t.store.inbox.lease({ ...leaseBy("me"), limit: 2 });
    expect(leased.map(({ id }) => id)).toEqual([t.name("a"), t.name("b")]);
    expect(await t.work("me")).toEqual(["c"]);
  });

  test("prolongs the leases of their owner, and tells which calls are still its own", async (t) => {
    for (const call of ["a", "b", "c"]) await t.store.inbox.add(t.entry(call, call));
    await t.work("me");
    await t.store.inbox.stop(t.name("b"), START);
    const ids = ["a", "b", "c", "unknown"].map((call) => t.name(call));
    const renewed = await t.store.inbox.renew({ ...leaseBy("me", LEASE - 1), ids });
    expect([...renewed].toSorted()).toEqual([t.name("a"), t.name("c")]);
    expect(await t.store.inbox.renew({ ...leaseBy("you"), ids })).toEqual([]);
    expect(await t.work("you", LEASE)).toEqual([]);
    expect((await t.work("you", 2 * LEASE)).toSorted()).toEqual(["a", "c"]);
  });

  test("puts a call off until it is due, with its tries", async (t) => {
    const { inbox } = t.store;
    await inbox.add(t.entry("a"));
    await t.work("me");
    const postponement = { id: t.name("a"), dueAt: START + 500, tries: 2 };
    await inbox.postpone({ ...postponement, owner: "you" });
    expect(await t.work("you", 600)).toEqual([]);
    await inbox.postpone({ ...postponement, owner: "me" });
    expect(await t.work("me", 499)).toEqual([]);
    const [leased] = await inbox.lease(leaseBy("you", 500));
    expect(leased?.tries).toBe(2);
  });

  test("works a call off with its events and its wait, by the owner of the lease only", async (t) => {
    await t.store.inbox.add(t.entry("a"));
    await t.work("me");
    const what = { events: [t.event("e1", "a"), t.event("e2", "a")], wait: t.wait("a") };
    expect(await t.finish("a", "you", what)).toBe(false);
    expect(await t.send("me")).toEqual([]);
    expect(await t.finish("a", "me", what)).toBe(true);
    expect(await t.send("me")).toEqual(["e1"]);
    expect((await t.store.waits.find(t.name("key"))).open).toEqual([t.wait("a")]);
    expect(await t.finish("a", "me", { events: [t.event("e3", "other")] })).toBe(false);
    expect(await t.send("me")).toEqual([]);
  });

  test("ends the earlier call of a run when a newer one comes, and its wait", async (t) => {
    const { inbox, waits } = t.store;
    await inbox.add(t.entry("a"));
    await t.work("me");
    await t.finish("a", "me", { wait: t.wait("a") });
    await inbox.add(t.entry("b"));
    expect((await waits.find(t.name("key"))).open).toEqual([]);
    await inbox.add(t.entry("c"));
    expect(await t.work("me")).toEqual(["c"]);
    expect((await inbox.latest(t.name("run")))?.id).toBe(t.name("c"));
  });

  test("holds a newer call of a run back until the owner of the earlier one has seen that it is over", async (t) => {
    await t.store.inbox.add(t.entry("a"));
    await t.work("me");
    await t.store.inbox.add(t.entry("b"));
    expect(await t.work("you")).toEqual([]);
    expect(await t.finish("a", "me", { events: [t.event("late", "a")] })).toBe(false);
    expect(await t.send("me")).toEqual([]);
    expect(await t.work("you")).toEqual(["b"]);
  });

  test("keeps a run for the owner of an earlier call that is over, while it prolongs its lease", async (t) => {
    await t.store.inbox.add(t.entry("a"));
    await t.work("me");
    await t.store.inbox.add(t.entry("b"));
    const ids = [t.name("a")];
    expect(await t.store.inbox.renew({ ...leaseBy("me", LEASE - 1), ids })).toEqual([]);
    await t.store.inbox.stop(t.name("a"), START);
    expect(await t.work("you", LEASE)).toEqual([]);
    expect(await t.work("you", 2 * LEASE - 2)).toEqual([]);
    expect(await t.work("you", 2 * LEASE - 1)).toEqual(["b"]);
    expect(await t.store.inbox.renew({ ...leaseBy("me", 2 * LEASE), ids })).toEqual([]);
    expect(await t.work("me", 3 * LEASE - 1)).toEqual(["b"]);
  });

  test("stops a call: no result is taken any more, and its wait is closed", async (t) => {
    const { inbox, waits } = t.store;
    await inbox.add(t.entry("a", "one"));
    await t.work("me");
    await inbox.stop(t.name("a"), START);
    expect(await t.finish("a", "me", { wait: t.wait("a", "key", "one") })).toBe(false);
    await t.open("b", "key");
    await inbox.stop(t.name("b"), START);
    const { open, closed } = await waits.find(t.name("key"));
    expect({ open, closed }).toEqual({ open: [], closed: true });
    await inbox.stop(t.name("unknown"), START);
  });

  test("tells the last call of a run", async (t) => {
    const { inbox } = t.store;
    expect(await inbox.latest(t.name("run"))).toBe(null);
    await inbox.add(t.entry("a"));
    const call = { id: t.name("a"), kind: "do", stepName: "step", attempt: 1, stepAttempt: 1 };
    expect(await inbox.latest(t.name("run"))).toEqual(call);
    await t.work("me");
    await t.finish("a");
    expect(await inbox.latest(t.name("run"))).toEqual(call);
  });
}

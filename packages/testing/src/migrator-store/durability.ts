import type { Runner } from "../runner.ts";
import { START, keptAt, leaseBy } from "./builders.ts";
import type { MigratorStoreTest } from "./law-test.ts";

/** The laws of what a process finds that starts after a kill. */
export function durabilityLaws({ expect }: Runner, test: MigratorStoreTest): void {
  test("still knows every call, at work or worked off", async (t) => {
    await t.store.inbox.add(t.entry("todo", "one"));
    await t.store.inbox.add(t.entry("done", "two"));
    await t.work("me");
    await t.finish("done", "me", { events: [t.event("e", "done")] });
    const { inbox } = await t.reopened();
    expect(await inbox.add(t.entry("todo", "one"))).toBe(false);
    expect(await inbox.add(t.entry("done", "two"))).toBe(false);
    expect((await inbox.latest(t.name("two")))?.id).toBe(t.name("done"));
    const later = await inbox.lease(leaseBy("you", 3_600_000));
    const ours = later.filter(({ id }) => id === t.name("todo") || id === t.name("done"));
    expect(ours).toEqual([{ ...t.entry("todo", "one"), tries: 0 }]);
  });

  test("still knows when a call is due, and its tries", async (t) => {
    await t.store.inbox.add(t.entry("a"));
    await t.work("me");
    const dueAt = START + 7_200_000;
    await t.store.inbox.postpone({ id: t.name("a"), owner: "me", dueAt, tries: 2 });
    const { inbox } = await t.reopened();
    expect((await inbox.lease(leaseBy("you", 7_199_999))).some(isOf(t.name("a")))).toBe(false);
    const leased = await inbox.lease(leaseBy("you", 7_200_000));
    expect(leased.find(isOf(t.name("a")))?.tries).toBe(2);
  });

  test("still has every event, in order", async (t) => {
    for (const id of ["e1", "e2", "e3"]) await t.store.outbox.append(t.event(id, "a"));
    await t.send("me");
    await t.store.outbox.remove(t.name("e1"));
    const { outbox } = await t.reopened();
    const first = await outbox.lease(leaseBy("you", 3_600_000));
    expect(first.some(isOf(t.name("e1")))).toBe(false);
    expect(first.some(isOf(t.name("e2")))).toBe(true);
    await outbox.remove(t.name("e2"));
    expect((await outbox.lease(leaseBy("you", 3_600_000))).some(isOf(t.name("e3")))).toBe(true);
  });

  test("still knows what stands open, what is closed and what is kept", async (t) => {
    await t.open("a", "open");
    await t.open("b", "closed");
    await t.store.waits.close(t.name("b"), t.event("e", "b"), START);
    await t.store.waits.keep(t.name("kept"), keptAt(3));
    const { waits } = await t.reopened();
    expect((await waits.find(t.name("open"))).open).toEqual([t.wait("a", "open", "a")]);
    expect(await waits.find(t.name("closed"))).toMatchObject({ open: [], closed: true });
    expect((await waits.find(t.name("kept"))).kept).toEqual(keptAt(3));
  });
}

function isOf(id: string): (piece: { readonly id: string }) => boolean {
  return (piece) => piece.id === id;
}

import type { Runner } from "../runner.ts";
import { START, keptAt } from "./builders.ts";
import type { MigratorStoreTest } from "./law-test.ts";

/** The laws of waits and settlements. */
export function waitLaws({ expect }: Runner, test: MigratorStoreTest): void {
  test("finds every wait on a key", async (t) => {
    await t.open("a", "shared");
    await t.open("b", "shared");
    await t.open("c", "other");
    const { open } = await t.store.waits.find(t.name("shared"));
    expect(open.map(({ id }) => id).toSorted()).toEqual([t.name("a"), t.name("b")]);
    const nothing = { open: [], closed: false, kept: null };
    expect(await t.store.waits.find(t.name("unknown"))).toEqual(nothing);
  });

  test("closes a wait once, with its event", async (t) => {
    await t.open("a");
    const close = (event: string) =>
      t.store.waits.close(t.name("a"), t.event(event, "a"), START + 1);
    const closed = await Promise.all(["e1", "e2", "e3"].map(close));
    expect(closed.filter(Boolean).length).toBe(1);
    expect((await t.send("me")).length).toBe(1);
    expect(await close("e4")).toBe(false);
    expect(await t.store.waits.find(t.name("key"))).toMatchObject({ open: [], closed: true });
  });

  test("keeps a settlement under its key, the last one", async (t) => {
    const { waits } = t.store;
    await waits.keep(t.name("key"), keptAt(1));
    await waits.keep(t.name("key"), keptAt(2, true));
    expect((await waits.find(t.name("key"))).kept).toEqual(keptAt(2, true));
    await t.open("a", "key");
    expect((await waits.find(t.name("key"))).kept).toEqual(keptAt(2, true));
  });

  test("gives due checks out once, and again when they are due again", async (t) => {
    for (const [call, checkAt] of Object.entries({ late: 30, soon: 10, never: undefined })) {
      await t.store.inbox.add(t.entry(call, call));
      await t.work("me");
      const wait = { ...t.wait(call, call, call) };
      const checked = checkAt === undefined ? wait : { ...wait, checkAt: START + checkAt };
      await t.finish(call, "me", { wait: checked });
    }
    const due = async (elapsed: number) => {
      const now = START + elapsed;
      const taken = await t.store.waits.takeDueChecks({ now, nextCheckAt: now + 100, limit: 100 });
      return taken
        .map(({ key }) => key)
        .filter((key) => [t.name("soon"), t.name("late")].includes(key));
    };
    expect(await due(9)).toEqual([]);
    const both = await Promise.all([due(40), due(40)]);
    expect(both.flat()).toEqual([t.name("soon"), t.name("late")]);
    expect(await due(139)).toEqual([]);
    await t.store.waits.checkAgain(t.name("late"), START + 50);
    expect(await due(139)).toEqual([t.name("late")]);
    await t.store.waits.checkAgain(t.name("late"), START + 140);
    await t.store.waits.checkAgain(t.name("unknown"), START);
    expect((await due(140)).toSorted()).toEqual([t.name("late"), t.name("soon")]);
  });

  test("forgets what is over, and nothing else", async (t) => {
    const { store } = t;
    await t.open("a", "closed");
    await store.waits.close(t.name("a"), t.event("e", "a"), START + 5);
    await t.open("b", "open");
    await store.waits.keep(t.name("kept"), keptAt(5));
    await store.inbox.add(t.entry("todo", "todo"));
    await store.forget({ overBefore: START, keptBefore: START + 5 });
    expect(await store.inbox.has(t.name("a"))).toBe(true);
    expect((await store.waits.find(t.name("kept"))).kept).toEqual(keptAt(5));
    await store.forget({ overBefore: START + 6, keptBefore: START + 6 });
    expect(await store.inbox.has(t.name("a"))).toBe(false);
    expect(await store.inbox.latest(t.name("a"))).toBe(null);
    expect((await store.waits.find(t.name("closed"))).closed).toBe(false);
    expect((await store.waits.find(t.name("kept"))).kept).toBe(null);
    expect((await store.waits.find(t.name("open"))).open.length).toBe(1);
    expect(await t.work("me")).toEqual(["todo"]);
    expect(await t.send("me")).toEqual(["e"]);
  });
}

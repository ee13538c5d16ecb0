import { expect, test } from "vitest";
import { encodeCursor } from "./cursor.ts";
import { createMemoryStore } from "./memory-store.ts";

const MIGRATION = "chart-upgrade";

/** A store with three lines of history, and what it makes of a forged place in one of its lists. */
const stage = async () => {
  const store = createMemoryStore();
  for (const at of ["1", "2", "3"])
    await store.appendHistory(MIGRATION, { at, actor: { id: "olga" }, action: "announce" });
  const limit = 2;
  return {
    history: (position: string) =>
      store.listHistory(MIGRATION, { limit, cursor: encodeCursor("history", position) }),
    cancelled: (position: string) =>
      store.listCancelledAttempts(MIGRATION, {
        limit,
        cursor: encodeCursor("cancelled", position),
      }),
    candidates: (position: string) =>
      store.listCandidates(MIGRATION, { limit, cursor: encodeCursor("candidates", position) }),
    running: (position: string) =>
      store.listRunning({ limit, cursor: encodeCursor("running", position) }),
  };
};

test.each(["NaN", "abc", "", " ", "1.5", "-1", "0x1", "1e0", "1e9", "4", "9".repeat(400)])(
  "history and cancelled attempts have no place %j",
  async (position) => {
    const { history, cancelled } = await stage();
    for (const list of [history, cancelled])
      await expect(list(position)).rejects.toMatchObject({
        code: "validation_failed",
        details: { issues: [{ path: "cursor" }] },
      });
  },
);

test.each([
  ["0", []],
  ["1", ["1"]],
  ["2", ["2", "1"]],
  ["3", ["3", "2"]],
])("history goes on from the place %s", async (position, expected) => {
  const { items } = await (await stage()).history(position);
  expect(items.map(({ at }) => at)).toEqual(expected);
});

test.each(["", "abc", "NaN", "__x", "a__"])("what runs has no place %j", async (position) => {
  const { running } = await stage();
  await expect(running(position)).rejects.toMatchObject({ code: "validation_failed" });
});

test("no list has a place with NUL in it", async () => {
  const lists = await stage();
  for (const list of Object.values(lists))
    await expect(list("a\0b")).rejects.toMatchObject({ code: "validation_failed" });
});

import type { CancelledAttempt, Page } from "@loom/core";
import { LoomError, runIdOf } from "@loom/core";
import type { Runner } from "../runner.ts";
import { at, historyOf, unique } from "./builders.ts";
import type { LawTest, StoreFixture } from "./fixture.ts";

interface ListUnderTest {
  readonly append: (t: StoreFixture, n: number) => Promise<unknown>;
  readonly page: (t: StoreFixture, cursor?: string) => Promise<Page<{ readonly attempt?: number }>>;
}

const history: ListUnderTest = {
  append: ({ store, migrationId }, n) =>
    store.appendHistory(migrationId, historyOf("retry_step", { attempt: n })),
  page: ({ store, migrationId }, cursor) =>
    store.listHistory(migrationId, { limit: 2, ...(cursor !== undefined && { cursor }) }),
};

const cancelledAttempts: ListUnderTest = {
  append: async (t, n) => {
    if (n === 1) await t.submit(["one"], { complete: false });
    const from = { status: "not_started", attempt: n - 1 } as const;
    await t.change(
      "one",
      from,
      { status: "not_started", attempt: n },
      { cancelled: cancelled(t, n) },
    );
  },
  page: ({ store, migrationId }, cursor) =>
    store.listCancelledAttempts(migrationId, { limit: 2, ...(cursor !== undefined && { cursor }) }),
};

/** What the two append-only lists of a migration, history and cancelled attempts, have in common. */
export function listLaws({ expect }: Runner, test: LawTest): void {
  test("keeps all of a line of history and of a cancelled attempt", async (t) => {
    const line = historyOf("cancel", { candidateId: "__proto__", attempt: 3, details: { a: "b" } });
    await t.store.appendHistory(t.migrationId, line);
    expect((await t.store.listHistory(t.migrationId, { limit: 1 })).items).toEqual([line]);
    await cancelledAttempts.append(t, 1);
    const { items } = await t.store.listCancelledAttempts(t.migrationId, { limit: 5 });
    expect(items).toEqual([cancelled(t, 1)]);
  });

  for (const [name, list] of Object.entries({ history, "cancelled attempts": cancelledAttempts })) {
    test(`lists ${name} from the latest on, also while more are appended`, async (t) => {
      for (const n of [1, 2, 3, 4, 5]) await list.append(t, n);
      const first = await list.page(t);
      await list.append(t, 6);
      const second = await list.page(t, first.nextCursor);
      const numbers = [...first.items, ...second.items].map(({ attempt }) => attempt);
      expect(numbers).toEqual([5, 4, 3, 2]);
    });

    test(`refuses what is no cursor of ${name}`, async (t) => {
      await list.append(t, 1);
      for (const cursor of ["", "x", "bm8", "[]"]) {
        const error = await list.page(t, cursor).catch((reason: unknown) => reason);
        expect(LoomError.is(error, "validation_failed")).toBe(true);
      }
    });
  }

  test("lists no history and no cancelled attempts of an unknown migration", async ({ store }) => {
    const id = `m-${unique()}`;
    expect((await store.listHistory(id, { limit: 5 })).items).toEqual([]);
    expect((await store.listCancelledAttempts(id, { limit: 5 })).items).toEqual([]);
  });
}

function cancelled({ migrationId }: StoreFixture, attempt: number): CancelledAttempt {
  return {
    runId: runIdOf(migrationId, "one"),
    candidateId: "one",
    attempt,
    cancelledAt: at(attempt),
    cancelledBy: "ada",
    reason: "wrong version",
    notCompensated: ["approve"],
  };
}

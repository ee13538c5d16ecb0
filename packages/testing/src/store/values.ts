import type { Runner } from "../runner.ts";
import { changeOf, fullCandidate, historyOf, manifestOf, migrationOf, unique } from "./builders.ts";
import { type LawTest, NOT_STARTED } from "./fixture.ts";
import { viewAt } from "./views.ts";

/** A store shares nothing with its callers: what they do to a value later is no write. */
export function valueLaws({ expect }: Runner, test: LawTest): void {
  test("is not changed by what a caller does to a value that it gave", async (t) => {
    const { store, migrationId } = t;
    const ref = { migrationId, candidateId: "one" };
    const migration = structuredClone(migrationOf(migrationId));
    const candidate = structuredClone(fullCandidate("one"));
    const claim = structuredClone(manifestOf(migrationId, "one", 1));
    const change = changeOf(migrationId, "one", [NOT_STARTED, { status: "running", attempt: 1 }]);
    const started = { ...change, claim, inputs: { version: "2" } };
    const view = viewAt(1, "open");
    await store.register({ migration, owner: "owner", history: historyOf("announce") });
    await t.submit([candidate], { id: unique() });
    await store.changeStatus(started);
    await store.saveProgress(ref, view);
    const kept = structuredClone(await all());
    for (const given of [migration, candidate, claim, started, view]) spoil(given);
    expect(await all()).toEqual(kept);

    async function all(): Promise<unknown[]> {
      const { items } = await store.listHistory(migrationId, { limit: 50 });
      return [
        await store.getMigration(migrationId),
        await t.record("one"),
        await store.getRun(ref),
        items,
      ];
    }
  });

  test("is not changed by what a caller does to a value that it got", async (t) => {
    const { store, migrationId } = t;
    const ref = { migrationId, candidateId: "one" };
    await t.submit([fullCandidate("one")]);
    await t.bring("one", "running");
    await store.saveProgress(ref, viewAt(1, "open"));
    const reads = [
      () => store.getMigration(migrationId),
      () => store.listMigrations(),
      () => store.countCandidates(migrationId),
      () => store.getCandidate(ref),
      () => store.getRun(ref),
      () => store.listCandidates(migrationId, { limit: 5 }),
      () => store.listRunning({ limit: 500 }),
      () => store.listHistory(migrationId, { limit: 5 }),
      () => store.findMigrator(`app-${migrationId}`),
    ];
    for (const read of reads) {
      const kept = structuredClone(await read());
      spoil(await read());
      expect(await read()).toEqual(kept);
    }
  });
}

/** Changes every part of a value that lets itself be changed. */
function spoil(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  for (const part of Object.values(value)) spoil(part);
  for (const key of Object.keys(value)) Reflect.set(value, key, "spoilt");
  Reflect.set(value, "added", "spoilt");
}

import type { Runner } from "../runner.ts";
import { at, migrationOf, unique } from "./builders.ts";
import type { LawTest } from "./fixture.ts";

export function registrationLaws({ expect }: Runner, test: LawTest): void {
  test("knows no migration that was never announced", async ({ store }) => {
    expect(await store.getMigration(`m-${unique()}`)).toBe(null);
    expect(await store.getMigration("constructor")).toBe(null);
  });

  test("gives a migration back as it was announced", async ({ store, migrationId }) => {
    expect(await store.getMigration(migrationId)).toEqual(migrationOf(migrationId));
  });

  test("keeps the time of the first announcement, and takes all else from the last", async (t) => {
    const again = { name: "Move", steps: [], createdAt: at(60), updatedAt: at(60) };
    const expected = migrationOf(t.migrationId, { ...again, createdAt: at(0) });
    expect(await t.register(again)).toEqual({ registered: expected });
    expect(await t.store.getMigration(t.migrationId)).toEqual(expected);
  });

  test("lets no other principal take a migration", async (t) => {
    expect(await t.register({ name: "Mine", migratorApp: unique() }, "intruder")).toEqual({
      taken: "migration",
    });
    expect(await t.store.getMigration(t.migrationId)).toEqual(migrationOf(t.migrationId));
  });

  test("lets no other principal take an app, nor register a migration with it", async (t) => {
    const id = `m-${unique()}`;
    const migratorApp = `app-${t.migrationId}`;
    const answer = await t.register({ id, migratorApp, migratorUrl: "https://evil" }, "intruder");
    expect(answer).toEqual({ taken: "app" });
    expect(await t.store.getMigration(id)).toBe(null);
    expect((await t.store.findMigrator(migratorApp))?.url).toBe("https://charts.example/loom");
  });

  test("lets its owner announce several migrations with one app", async (t) => {
    const id = `m-${unique()}`;
    await t.register({ id, migratorApp: `app-${t.migrationId}`, migratorUrl: "https://new" });
    expect((await t.store.getMigration(id))?.id).toBe(id);
    expect((await t.store.findMigrator(`app-${t.migrationId}`))?.url).toBe("https://new");
  });

  test("lets one of many principals have an id that all announce at once", async (t) => {
    const id = `m-${unique()}`;
    const owners = Array.from({ length: 16 }, () => unique());
    const answers = await Promise.all(
      owners.map((owner) => t.register({ id, migratorApp: owner }, owner)),
    );
    expect(answers.filter((answer) => "registered" in answer).length).toBe(1);
  });

  test("finds an app where it was announced last", async (t) => {
    const app = `app-${t.migrationId}`;
    expect(await t.store.findMigrator(app)).toEqual({ app, url: "https://charts.example/loom" });
    await t.register({ migratorUrl: "https://moved.example" });
    expect(await t.store.findMigrator(app)).toEqual({ app, url: "https://moved.example" });
    for (const unknown of [unique(), "__proto__", "constructor"])
      expect(await t.store.findMigrator(unknown)).toBe(null);
  });

  test("writes history for what was registered and for nothing else", async (t) => {
    await t.register({ name: "Again" });
    await t.register({ migratorApp: unique() }, "intruder");
    const { items } = await t.store.listHistory(t.migrationId, { limit: 10 });
    expect(items.map(({ action }) => action)).toEqual(["announce", "announce"]);
  });

  test("lists migrations by id, with where their candidates stand", async (t) => {
    const ids = ["a", "-", "b", "a.b"].map((end) => `${t.migrationId}${end}`);
    for (const id of ids) await t.register({ id, migratorApp: id });
    await t.submit(["one", "two"]);
    const listed = (await t.store.listMigrations()).filter(({ id }) =>
      id.startsWith(t.migrationId),
    );
    expect(listed.map(({ id }) => id)).toEqual([t.migrationId, ...ids].toSorted());
    expect(listed.map(({ counts }) => counts.notStarted)).toEqual([2, 0, 0, 0, 0]);
  });
}

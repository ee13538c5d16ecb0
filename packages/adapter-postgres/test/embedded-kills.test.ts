import { fork } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Store } from "@loom/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { countHistory, fill } from "../../../test/stores/builders.ts";
import { statement } from "../src/database/statement.ts";
import { createEmbeddedDriver } from "../src/embedded/driver.ts";
import { openEmbeddedDatabase } from "../src/embedded/embedded-database.ts";
import { createEmbeddedPostgresStore } from "../src/embedded/index.ts";
import { BEFORE, type Death, type DeedName, DEEDS, M, type Survival } from "./embedded-deeds.ts";

const DEATH = new URL("./embedded-death.ts", import.meta.url);
const FIRST_START = new URL("./embedded-first-start.ts", import.meta.url);
const DEATHS: Readonly<Record<DeedName, readonly Death[]>> = {
  start: ["after the commit"],
  merge: ["in the middle", "before the commit", "after the commit"],
  migrate: [],
};
/** How many of the moments at which a deed works on the disk are tried: all of them, or some and a random one. */
const MOMENTS: Readonly<Record<DeedName, number>> = { start: 20, merge: 4, migrate: 4 };

describe("an embedded Postgres whose process is killed", () => {
  let home: string;
  const templateOf = (deed: DeedName) => join(home, deed === "migrate" ? "empty" : "filled");

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "loom-embedded-"));
    await mkdir(join(home, "empty"));
    await (await openEmbeddedDatabase(join(home, "empty", "postgres"))).close();
    const store = await createEmbeddedPostgresStore({ dir: join(home, "filled") });
    await fill(
      store,
      M,
      Array.from({ length: BEFORE }, (_, n) => ({ id: `c${n}` })),
    );
    await store.close();
  });
  afterAll(() => rm(home, { recursive: true }));

  /** Runs a process in a folder. @returns how often it worked on the disk, nothing if it was killed */
  async function live(script: URL, args: readonly string[]): Promise<Survival | undefined> {
    const child = fork(script, args, { execArgv: ["--conditions=@loom/source"] });
    let survival: Survival | undefined;
    child.on("message", (told: Survival) => (survival = told));
    const [code, signal] = await once(child, "exit");
    expect(survival ? code : signal).toBe(survival ? 0 : "SIGKILL");
    return survival;
  }

  /** @returns the folder that the process left, and how often it worked on the disk if it lived */
  async function die(
    deed: DeedName,
    death: Death,
  ): Promise<{ readonly dir: string; readonly survival: Survival | undefined }> {
    const dir = await mkdtemp(join(home, `${deed}-`));
    await cp(templateOf(deed), dir, { recursive: true });
    return { dir, survival: await live(DEATH, [dir, deed, String(death)]) };
  }

  test("is made anew after a first start that did not come to its end", {
    timeout: 300_000,
  }, async () => {
    const works = (await live(FIRST_START, [join(home, "made"), "0"]))?.works ?? 0;
    expect(works).toBeGreaterThan(100);
    for (const death of [Math.floor(works / 2), 1 + Math.floor(Math.random() * works)]) {
      const dir = join(home, `unmade-${death}`);
      expect(await live(FIRST_START, [dir, String(death)])).toBe(undefined);
      const store = await createEmbeddedPostgresStore({ dir });
      await store.ping();
      await fill(store, M, [{ id: "one" }]);
      await store.close();
      expect(await readdir(dir)).toEqual(["loom.lock.2", "postgres"]);
    }
  });

  /** All that the deeds change, each part read in another way, so that what was half written would show. */
  async function stateOf(store: Store): Promise<object> {
    const { items } = await store.listCandidates(M, { limit: 500 });
    const statuses = items.map(({ status }) => status);
    const of = (status: string) => statuses.filter((each) => each === status).length;
    const counts = await store.countCandidates(M);
    const [notStarted, running] = [of("not_started"), of("running")];
    expect(counts).toMatchObject({ notStarted, running });
    const changed = items.filter(({ candidate }) => candidate.kind === "changed").length;
    const run = await store.getRun({ migrationId: M, candidateId: "c1" });
    expect(run !== null).toBe(running === 1);
    return { notStarted, running, changed, history: await countHistory(store, M) };
  }

  /** What is found in a folder, and what after the deed was done there, once more or for the first time. */
  async function statesIn(dir: string, deed: DeedName): Promise<readonly unknown[]> {
    const relations = await relationsIn(dir);
    const store = await createEmbeddedPostgresStore({ dir });
    const found = await stateOf(store);
    await DEEDS[deed](store);
    const after = await stateOf(store);
    await store.close();
    return [
      { relations, ...found },
      { relations: await relationsIn(dir), ...after },
    ];
  }

  for (const deed of ["start", "merge", "migrate"] as const)
    test(`has a ${deed} whole or not at all, and does it again`, {
      timeout: 300_000,
    }, async () => {
      const undisturbed = await die(deed, 0);
      const [done, again] = await statesIn(undisturbed.dir, deed);
      const untouched = await stateBefore(deed);
      const works = undisturbed.survival?.works ?? 0;
      expect(works).toBeGreaterThan(2);
      for (const death of [...DEATHS[deed], ...momentsOf(works, MOMENTS[deed])]) {
        const { dir, survival } = await die(deed, death);
        const [found, after] = await statesIn(dir, deed);
        const isDone = JSON.stringify(found) === JSON.stringify(done);
        expect({ death, found }).toEqual({ death, found: isDone ? done : untouched });
        expect({ death, after }).toEqual({ death, after: isDone ? again : done });
        expect(isDone || (death !== "after the commit" && !survival)).toBe(true);
        await rm(dir, { recursive: true });
      }
    });

  async function stateBefore(deed: DeedName): Promise<unknown> {
    const dir = await mkdtemp(join(home, "before-"));
    await cp(templateOf(deed), dir, { recursive: true });
    const relations = await relationsIn(dir);
    const store = await createEmbeddedPostgresStore({ dir });
    const state = await stateOf(store);
    await store.close();
    return { relations, ...state };
  }
});

/** How many tables, indexes and types Loom has in the database of a folder. */
async function relationsIn(dir: string): Promise<number> {
  const database = await openEmbeddedDatabase(join(dir, "postgres"));
  const count = statement(
    "SELECT count(*) FROM pg_class WHERE relnamespace = to_regnamespace('loom')",
  );
  const [row] = await createEmbeddedDriver(database).query(count);
  await database.close();
  return Number(row?.["count"]);
}

/** All of the moments when they are few, else some spread evenly, and one at random. */
function momentsOf(works: number, most: number): number[] {
  if (works <= most) return Array.from({ length: works }, (_, n) => n + 1);
  const spread = Array.from({ length: most }, (_, n) => 1 + Math.floor((n * works) / most));
  return [...spread, 1 + Math.floor(Math.random() * works)];
}

import { expect, test } from "vitest";
import * as z from "zod";
import type { Candidate } from "@loom/core/wire";
import { eventually } from "../../../test/eventually.ts";
import type { Discovered } from "../src/index.ts";
import { defineMigration } from "../src/index.ts";
import { problem } from "./support/loom-double.ts";
import { stage } from "./support/stage.ts";

const migrationOf = (discover: () => Discovered<Candidate>, id = "m") =>
  defineMigration({
    id,
    name: "M",
    description: "All of it",
    overview: ["One", "Two"],
    inputs: z.object({ version: z.string() }),
    handlers: { bump: { run: (ctx) => ctx.done(), timeoutSeconds: 60 } },
    plan: [{ name: "bump" }],
    discover,
  });

/** Candidates that count how far they were asked for. */
function counted(count: number) {
  let pulled = 0;
  const candidates = async function* () {
    for (; pulled < count; pulled += 1) yield { id: `c${pulled}`, metadata: { team: "a" } };
  };
  return { candidates, pulled: () => pulled };
}

test("open announces every migration, then submits its candidates", async () => {
  const { loom } = await stage([migrationOf(() => [{ id: "a" }]), migrationOf(() => [], "n")]);
  expect(loom.announcements).toEqual([
    {
      id: "m",
      name: "M",
      description: "All of it",
      overview: ["One", "Two"],
      steps: [{ name: "bump", timeoutSeconds: 60 }],
      requiredInputs: [{ name: "version", label: "Version" }],
      migratorApp: "app",
      migratorUrl: "http://migrator.example/base",
    },
    expect.objectContaining({ id: "n" }),
  ]);
  expect(loom.submissions).toMatchObject([
    { candidates: [{ id: "a" }], discovery: { complete: true } },
    { candidates: [], discovery: { complete: true } },
  ]);
});

test("100,000 candidates are one discovery in chunks of 500, pulled no faster than Loom takes them", async () => {
  const { candidates, pulled } = counted(100_000);
  const { loom, migrator } = await stage(migrationOf(candidates), { isClosed: true });
  let ahead = 0;
  let taken = 0;
  loom.script(({ path }) => {
    if (!path.endsWith("/candidates")) return undefined;
    ahead = Math.max(ahead, pulled() - taken);
    taken += 500;
    return undefined;
  });
  await migrator.open();
  expect(loom.submissions).toHaveLength(200);
  expect(loom.submissions.every((chunk) => chunk.candidates.length === 500)).toBe(true);
  expect(new Set(loom.submissions.map(({ discovery }) => discovery?.id)).size).toBe(1);
  expect(loom.submissions.map(({ discovery }) => discovery?.complete)).toEqual([
    ...Array(199).fill(false),
    true,
  ]);
  expect(ahead).toBeLessThanOrEqual(501);
}, 30_000);

test("large candidates make smaller chunks", async () => {
  const metadata = Object.fromEntries(
    Array.from({ length: 60 }, (_, n) => [`k${n}`, "x".repeat(15_000)]),
  );
  const large = Array.from({ length: 5 }, (_, n) => ({ id: `c${n}`, metadata }));
  const { loom } = await stage(migrationOf(() => large));
  expect(loom.submissions.map(({ candidates }) => candidates.length)).toEqual([2, 2, 1]);
});

test("a Loom that does not answer is asked again until it does", async () => {
  const { candidates } = counted(1_200);
  const { loom, migrator, clock } = await stage(migrationOf(candidates), { isClosed: true });
  let isDown = true;
  let requests = 0;
  loom.script(() => {
    requests += 1;
    isDown = !isDown;
    return isDown ? { status: 503 } : undefined;
  });
  isDown = false;
  let isOpen = false;
  const opened = migrator.open().then(() => (isOpen = true));
  await eventually(async () => {
    await clock.advance(2_000);
    expect(isOpen).toBe(true);
  });
  await opened;
  expect(requests).toBe(8);
  expect(loom.submissions.map(({ candidates: chunk }) => chunk.length)).toEqual([500, 500, 200]);
});

test("a Loom that has forgotten the migration is told of it again in mid-discovery", async () => {
  const { candidates } = counted(700);
  const { loom, migrator } = await stage(migrationOf(candidates), { isClosed: true });
  let chunks = 0;
  loom.script(({ path }) => {
    if (!path.endsWith("/candidates")) return undefined;
    chunks += 1;
    return chunks === 2 ? problem(404, "migration_not_found") : undefined;
  });
  await migrator.open();
  expect(loom.announcements).toHaveLength(2);
  expect(loom.submissions.map(({ candidates: chunk }) => chunk.length)).toEqual([500, 200]);
});

test("an announcement that Loom refuses fails the opening with Loom's reason", async () => {
  const { loom, migrator } = await stage(
    migrationOf(() => []),
    { isClosed: true },
  );
  loom.script(() => problem(403, "forbidden"));
  await expect(migrator.open()).rejects.toMatchObject({ code: "forbidden" });
});

test("a candidate that the contract refuses is named, and the discovery is never complete", async () => {
  const { loom, migrator } = await stage(
    migrationOf(() => [{ id: "fine" }, { id: ".." }]),
    { isClosed: true },
  );
  await expect(migrator.open()).rejects.toThrow("..");
  expect(loom.submissions).toEqual([]);
});

test("announce and discover can be asked for again, for one migration or all", async () => {
  const found = [{ id: "a" }];
  const { loom, migrator } = await stage([migrationOf(() => found), migrationOf(() => [], "n")]);
  found.push({ id: "b" });
  const counts = await migrator.discover("m");
  expect(counts).toEqual({ m: { added: 2, updated: 0, unchanged: 0, removed: 0, preserved: 0 } });
  await migrator.announce("n");
  await migrator.announce();
  expect(loom.announcements.map(({ id }) => id)).toEqual(["m", "n", "n", "m", "n"]);
  await expect(migrator.discover("other")).rejects.toMatchObject({ code: "migration_not_found" });
});

test("closing ends an opening that waits for Loom", async () => {
  const { loom, migrator } = await stage(
    migrationOf(() => []),
    { isClosed: true },
  );
  loom.script(() => ({ status: 503 }));
  const opened = migrator.open();
  await eventually(() => expect(loom.requests.length).toBeGreaterThan(0));
  await migrator.close();
  await opened;
  expect(loom.announcements).toEqual([]);
});

test("closing ends an opening whose discovery never ends", async () => {
  let asked = () => undefined as void;
  const isAsked = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const endless = migrationOf(async function* () {
    yield { id: "billing" };
    asked();
    await new Promise(() => undefined);
  });
  const { migrator } = await stage(endless, { isClosed: true });
  const opening = migrator.open();
  await isAsked;
  await migrator.close();
  await expect(opening).resolves.toBeUndefined();
});

test("the address may be known only when it is announced", async () => {
  let url = "";
  const { loom, migrator } = await stage(
    migrationOf(() => []),
    { url: () => url, isClosed: true },
  );
  url = "http://migrator.example:8080";
  await migrator.open();
  expect(loom.announcements[0]?.migratorUrl).toBe(url);
});

test("two migrations with one id are refused", async () => {
  const twice = [migrationOf(() => []), migrationOf(() => [])];
  await expect(stage(twice)).rejects.toMatchObject({ code: "invalid_configuration" });
});

test.each(["", "platform.example", "ftp://platform.example"])(
  "a Loom at %j is refused at once, not asked for ever",
  async (url) => {
    const migration = migrationOf(() => []);
    await expect(stage(migration, { loom: { url }, isClosed: true })).rejects.toMatchObject({
      code: "invalid_configuration",
      message: expect.stringContaining("loom.url"),
    });
  },
);

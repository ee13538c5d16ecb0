import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { eventually } from "../../../test/eventually.ts";
import type { MigrationDefinition, StepContext, StepResult } from "../src/index.ts";
import {
  createMigrator,
  defineMigration,
  fileMigratorStore,
  memoryMigratorStore,
} from "../src/index.ts";
import { dispatch, dispatchOf, post } from "./support/calls.ts";
import { migrationOf } from "./support/migrations.ts";
import { stage } from "./support/stage.ts";

const done = { run: (ctx: StepContext): StepResult => ctx.done() };
const usual = {
  app: "app",
  migrations: [migrationOf({ bump: done })],
  loom: { url: "http://loom.example" },
  url: "http://migrator.example",
  store: memoryMigratorStore(),
};

/** For those whose compiler says nothing. */
const migratorOf = (options: object) => createMigrator({ ...usual, ...options });

test.each([
  ["maxBodyBytes", Number.NaN],
  ["maxBodyBytes", -1],
  ["maxBodyBytes", 0],
  ["concurrency", Number.NaN],
  ["store", undefined],
  ["migrations", undefined],
  ["loom", undefined],
  ["app", undefined],
  ["app", ""],
  ["url", undefined],
  ["url", "nope"],
  ["url", "ftp://migrator.example"],
])("createMigrator refuses %s: %j, and names it", (name, value) => {
  expect(() => migratorOf({ [name]: value })).toThrow(
    expect.objectContaining({
      code: "invalid_configuration",
      message: expect.stringMatching(new RegExp(`^${name}: `)),
    }),
  );
});

test("a limit that is not set is the default", async () => {
  const migrator = migratorOf({ maxBodyBytes: undefined });
  expect(await post(migrator, "dry-run", "x".repeat(17 * 1024 * 1024))).toMatchObject({
    status: 413,
  });
});

test.each([
  ["plan", { plan: undefined }],
  ["handlers", { handlers: undefined }],
  ["handlers.bump.run", { handlers: { bump: {} } }],
  ["handlers.bump.run", { handlers: { bump: { changes: () => [] } } }],
  ["handlers.bump.run", { handlers: { bump: undefined } }],
])("defineMigration names what is missing: %s", (name, missing) => {
  const source = { id: "m", name: "M", handlers: { bump: done }, plan: [], ...missing } as never;
  expect(() => defineMigration(source)).toThrow(
    expect.objectContaining({
      code: "validation_failed",
      message: expect.stringContaining(`${name}: is missing`),
    }),
  );
});

test.each([undefined, null, 5, "a list", {}])(
  "a discover that gives %j says what it has to give",
  async (found) => {
    const definition: MigrationDefinition = defineMigration({
      id: "m",
      name: "M",
      handlers: {},
      plan: [],
      discover: () => found as never,
    });
    const opening = stage(definition);
    await expect(opening).rejects.toMatchObject({
      code: "validation_failed",
      message: expect.stringContaining("discover gave no candidates"),
    });
  },
);

test.each([undefined, null, 5, "a list", {}])(
  "changes that return %j say so in the preview and in the run",
  async (changes) => {
    const definition = migrationOf({
      bump: {
        changes: () => changes as never,
        async run(ctx) {
          await ctx.changes();
          return ctx.done();
        },
      },
    });
    const { migrator, loom } = await stage(definition);
    const why = 'changes of step "bump" returned no list';
    const request = { migrationId: "m", candidate: { id: "a" }, steps: [{ name: "bump" }] };
    const preview = await post(migrator, "dry-run", request);
    expect(JSON.stringify(preview.body)).toContain(JSON.stringify(why).slice(1, -1));
    await dispatch(migrator, dispatchOf("bump"));
    await eventually(() => expect(loom.events[0]?.error).toContain(why));
  },
);

test.each([
  ["open", {}],
  ["open", { key: "" }],
  ["open", { key: 5 }],
  ["awaitReview", { key: "" }],
] as const)("ctx.%s(%j) fails the step at once: nobody could settle it", async (method, wait) => {
  const definition = migrationOf({ bump: { run: (ctx) => ctx[method](wait as never) } });
  const { migrator, loom } = await stage(definition);
  await dispatch(migrator, dispatchOf("bump"));
  await eventually(() =>
    expect(loom.events).toMatchObject([
      { success: false, error: expect.stringContaining(`ctx.${method}: key is missing`) },
    ]),
  );
});

test("a file store says that its folder is none", async () => {
  const dir = await mkdtemp(join(tmpdir(), "loom-migrator-"));
  onTestFinished(() => rm(dir, { recursive: true }));
  const file = join(dir, "file");
  await writeFile(file, "");
  for (const place of [file, join(file, "below"), undefined as never])
    await expect(fileMigratorStore(place).open()).rejects.toMatchObject({
      code: "invalid_configuration",
      message: expect.stringContaining(`${place} cannot be used`),
    });
});

import { expect, test } from "vitest";
import * as z from "zod";
import type { FileDiff } from "@loom/core/wire";
import { DryRunResultSchema, parse } from "@loom/core/wire";
import { eventually } from "../../../test/eventually.ts";
import { defineMigration } from "../src/index.ts";
import { dispatch, dispatchOf, post } from "./support/calls.ts";
import { stage } from "./support/stage.ts";

const migration = (committed: (readonly FileDiff[])[] = []) =>
  defineMigration({
    id: "m",
    name: "M",
    inputs: z.object({ version: z.string() }),
    handlers: {
      bump: {
        config: z.object({ env: z.string() }),
        changes: ({ config, inputs, candidate, files }) => [
          {
            repo: "gitops",
            path: `${config.env}.yaml`,
            before: "v: 1",
            after: `v: ${inputs.version}`,
          },
          { repo: "gitops", path: "new.yaml", after: candidate.metadata?.["team"] ?? "" },
          { repo: "gitops", path: "old.yaml", before: "gone" },
          { repo: "gitops", path: "same.yaml", before: "x", after: "x" },
          ...files.map(({ repo }) => ({ repo, path: "touched", after: "" })),
        ],
        async run(ctx) {
          committed.push(await ctx.changes());
          expect(await ctx.changes()).toBe(committed.at(-1));
          return ctx.done();
        },
      },
      broken: {
        changes: () => {
          throw new Error("no such chart");
        },
        run: (ctx) => ctx.done(),
      },
      wordy: {
        changes: () => {
          throw new Error("no chart of these: ".padEnd(100_000, "chart "));
        },
        run: (ctx) => ctx.done(),
      },
      binary: {
        changes: () => [{ repo: "r", path: "logo.png", after: "PNG\0" }],
        run: (ctx) => ctx.done(),
      },
      twice: {
        changes: () => [
          { repo: "r", path: "p", after: "1" },
          { repo: "r", path: "p", after: "2" },
        ],
        run: (ctx) => ctx.done(),
      },
      approve: {
        async run(ctx) {
          await ctx.changes();
          return ctx.done();
        },
      },
    },
    plan: [{ name: "bump", config: { env: "dev" } }, { name: "approve" }],
  });

const candidate = {
  id: "billing",
  metadata: { team: "payments" },
  files: [{ name: "own", repo: "billing", files: [] }],
};

const preview = {
  migrationId: "m",
  candidate,
  steps: [{ name: "bump-dev", type: "bump", config: { env: "dev" } }, { name: "approve" }],
  inputs: { version: "2" },
};

test("a dry-run shows what each step would do to files, and skips steps without changes", async () => {
  const { migrator } = await stage(migration());
  const { status, body } = await post(migrator, "dry-run", preview);
  expect(status).toBe(200);
  expect(body).toEqual({
    steps: [
      {
        stepName: "bump-dev",
        skipped: false,
        files: [
          { repo: "gitops", path: "dev.yaml", before: "v: 1", after: "v: 2", status: "modified" },
          { repo: "gitops", path: "new.yaml", after: "payments", status: "new" },
          { repo: "gitops", path: "old.yaml", before: "gone", status: "deleted" },
          { repo: "billing", path: "touched", after: "", status: "new" },
        ],
      },
      { stepName: "approve", skipped: true },
    ],
  });
});

test("a run gets the very changes that the dry-run showed", async () => {
  const committed: (readonly FileDiff[])[] = [];
  const { migrator } = await stage(migration(committed));
  const { body } = await post(migrator, "dry-run", preview);
  const { type, config } = { type: "bump", config: { env: "dev" } };
  // As Loom sends it: the inputs are laid over the candidate's metadata already.
  const dispatched = { ...candidate, metadata: { ...candidate.metadata, version: "2" } };
  const inputs = { version: "2" };
  await dispatch(migrator, dispatchOf("bump-dev", { candidate: dispatched, type, config, inputs }));
  await eventually(() => expect(committed).toHaveLength(1));
  expect((body["steps"] as { files: unknown }[])[0]?.files).toEqual(committed[0]);
});

test.each([
  ["changes that throw", { name: "broken" }, "no such chart"],
  ["changes that name a file twice", { name: "twice" }, "p of r comes twice"],
  ["changes that throw at length", { name: "wordy" }, "no chart of these"],
  ["changes that the contract refuses", { name: "binary" }, "files.0.after must not contain"],
  ["a config that does not parse", { name: "bump" }, "config.env"],
  ["no handler", { name: "other" }, 'no handler "other"'],
])("a step with %s has an error, and the others are shown", async (_what, step, message) => {
  const { migrator } = await stage(migration());
  const { status, body } = await post(migrator, "dry-run", {
    ...preview,
    steps: [step, { name: "approve" }],
  });
  expect(status).toBe(200);
  expect(body["steps"]).toEqual([
    { stepName: step.name, skipped: false, error: expect.stringContaining(message) },
    { stepName: "approve", skipped: true },
  ]);
  expect(parse(DryRunResultSchema, body)).toEqual(body);
});

test("a missing input is an error of each step that would need it", async () => {
  const { migrator } = await stage(migration());
  const { body } = await post(migrator, "dry-run", { ...preview, inputs: {} });
  expect(body["steps"]).toMatchObject([
    { error: expect.stringContaining("inputs.version") },
    { skipped: true },
  ]);
});

test("a dry-run of an unknown migration is refused", async () => {
  const { migrator } = await stage(migration());
  const answer = await post(migrator, "dry-run", { ...preview, migrationId: "other" });
  expect(answer).toMatchObject({ status: 404, body: { code: "migration_not_found" } });
});

test("a run that asks for changes where there are none fails at once", async () => {
  const { migrator, loom } = await stage(migration());
  await dispatch(migrator, dispatchOf("approve", { inputs: { version: "2" } }));
  await eventually(() => expect(loom.trace()).toEqual(["approve failed"]));
  expect(loom.events[0]?.error).toContain("no changes");
});

import { expect, test } from "vitest";
import * as z from "zod";
import { eventually } from "../../../test/eventually.ts";
import type { StepContext } from "../src/index.ts";
import { defineMigration } from "../src/index.ts";
import { compensate, compensationOf, dispatch, dispatchOf } from "./support/calls.ts";
import { stage } from "./support/stage.ts";

const BRANCH = /^(?!.*\.\.)(?!.*\.lock(\/|$))[A-Za-z0-9][A-Za-z0-9_/-]*[A-Za-z0-9]$/;

const watched = (seen: StepContext[]) => {
  const see = (ctx: StepContext) => {
    seen.push(ctx);
    return ctx.done();
  };
  return defineMigration({
    id: "m",
    name: "M",
    handlers: {
      bump: {
        metadata: z.object({ prUrl: z.string(), count: z.coerce.number() }),
        run: see,
        compensate: see,
      },
      other: { run: see },
    },
    plan: [{ name: "bump" }, { name: "other" }],
  });
};

test("the key is the same for every try of a step and for its compensation, and no other", async () => {
  const seen: StepContext[] = [];
  const { migrator } = await stage(watched(seen));
  const hostile = { id: "../Tôpic: {a}~^?*[.lock" };
  const calls = [
    dispatchOf("bump"),
    dispatchOf("bump", { stepAttempt: 2 }),
    dispatchOf("bump", { attempt: 2 }),
    dispatchOf("other", { attempt: 2 }),
    dispatchOf("bump", { candidate: hostile }),
    dispatchOf("bump", { candidate: { id: `${hostile.id}x` } }),
  ];
  for (const [index, call] of calls.entries()) {
    await dispatch(migrator, call);
    await eventually(() => expect(seen).toHaveLength(index + 1));
  }
  await compensate(migrator, compensationOf("bump", { attempt: 2 }));
  await eventually(() => expect(seen).toHaveLength(7));
  const keys = seen.map(({ key }) => key);
  expect(keys[1]).toBe(keys[0]);
  expect(keys[6]).toBe(keys[2]);
  expect(new Set(keys).size).toBe(5);
  for (const key of keys) expect(key).toMatch(BRANCH);
});

test("a handler knows its call, and what the schema takes of the metadata so far", async () => {
  const seen: StepContext[] = [];
  const { migrator } = await stage(watched(seen));
  const stepMetadata = { prUrl: "https://pr", count: "many", other: "x" };
  await compensate(migrator, compensationOf("bump", { stepAttempt: 2, stepMetadata }));
  await eventually(() => expect(seen).toHaveLength(1));
  expect(seen[0]).toMatchObject({
    migrationId: "m",
    runId: "m__billing",
    attempt: 1,
    stepAttempt: 2,
    step: { name: "bump", type: "bump" },
    metadata: { prUrl: "https://pr" },
  });
});

test("progress is reported while the work goes on, and in order", async () => {
  const migration = defineMigration({
    id: "m",
    name: "M",
    handlers: {
      bump: {
        metadata: z.object({ part: z.string() }),
        async run(ctx) {
          for (const part of ["1", "2", "3"]) await ctx.progress({ part });
          return ctx.done({ part: "4" });
        },
      },
    },
    plan: [{ name: "bump" }],
  });
  const { migrator, loom } = await stage(migration);
  await dispatch(migrator, dispatchOf("bump"));
  await eventually(() => expect(loom.events).toHaveLength(4));
  expect(loom.trace()).toEqual([...Array(3).fill("bump in_progress"), "bump completed"]);
  expect(loom.events.map(({ metadata }) => metadata?.["part"])).toEqual(["1", "2", "3", "4"]);
});

test("a review carries its instructions, a failure its error", async () => {
  const migration = defineMigration({
    id: "m",
    name: "M",
    handlers: {
      approve: {
        run: (ctx) => ctx.awaitReview({ instructions: "Look", metadata: { where: "there" } }),
      },
      fail: { run: (ctx) => ctx.fail("no such chart", { chart: "x" }) },
    },
    plan: [{ name: "approve" }, { name: "fail" }],
  });
  const { migrator, loom } = await stage(migration);
  await dispatch(migrator, dispatchOf("approve"));
  await dispatch(migrator, dispatchOf("fail", { candidate: { id: "other" } }));
  await eventually(() => expect(loom.events).toHaveLength(2));
  expect(loom.events).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        phase: "awaiting_review",
        metadata: { where: "there", instructions: "Look" },
      }),
      expect.objectContaining({
        success: false,
        error: "no such chart",
        metadata: { chart: "x" },
      }),
    ]),
  );
});

test.each([
  ["metadata that the schema refuses", { url: "no url" }, "metadata.url"],
  ["metadata that the contract refuses", { text: "x".repeat(20_000) }, "metadata.text"],
])(
  "%s fails the step with the field's name, for Loom would wait for ever",
  async (_what, metadata, message) => {
    const migration = defineMigration({
      id: "m",
      name: "M",
      handlers: {
        bump: {
          metadata: z.object({ url: z.url(), text: z.string() }),
          run: (ctx) => ctx.done(metadata),
        },
      },
      plan: [{ name: "bump" }],
    });
    const { migrator, loom } = await stage(migration);
    await dispatch(migrator, dispatchOf("bump"));
    await eventually(() => expect(loom.trace()).toEqual(["bump failed"]));
    expect(loom.events[0]?.error).toContain(message);
  },
);

test("every line that a handler logs carries the run and the step", async () => {
  const migration = defineMigration({
    id: "m",
    name: "M",
    handlers: {
      bump: {
        run(ctx) {
          ctx.log.info("plain");
          ctx.log.warn({ pr: 7 }, "with facts");
          return ctx.done();
        },
      },
    },
    plan: [{ name: "bump" }],
  });
  const { migrator, lines } = await stage(migration);
  await dispatch(migrator, dispatchOf("bump"));
  const facts = { runId: "m__billing", step: "bump", attempt: 1, stepAttempt: 1 };
  await eventually(() => {
    expect(lines).toContainEqual({
      level: "info",
      message: "plain",
      fields: expect.objectContaining(facts),
    });
    expect(lines).toContainEqual({
      level: "warn",
      message: "with facts",
      fields: expect.objectContaining({ ...facts, pr: 7 }),
    });
  });
});

import { expect, test } from "vitest";
import * as z from "zod";
import type { MigrationDefinition, StepContext, StepResult } from "../src/index.ts";
import { defineMigration } from "../src/index.ts";

const done = { run: (ctx: StepContext): StepResult => ctx.done() };

async function candidatesOf({ discover }: MigrationDefinition): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const candidate of discover?.() ?? []) found.push(candidate);
  return found;
}

test("required inputs follow from the schema of the inputs", () => {
  const { requiredInputs } = defineMigration({
    id: "m",
    name: "M",
    inputs: z.object({
      targetVersion: z.string().describe("Version to move to"),
      "dry-run_only": z.string(),
      apiToken: z.string().meta({ secret: true, label: "Token of the API" }),
      reviewer: z.string().describe("Who looks at it").optional(),
      retries: z.coerce.number().default(3).meta({ description: "How often", label: "Retries" }),
      piped: z.string().transform(Number),
    }),
    handlers: {},
    plan: [],
  });
  expect(requiredInputs).toEqual([
    { name: "targetVersion", label: "Version to move to", description: "Version to move to" },
    { name: "dry-run_only", label: "Dry run only" },
    { name: "apiToken", label: "Token of the API", secret: true },
    { name: "reviewer", label: "Who looks at it", description: "Who looks at it", optional: true },
    { name: "retries", label: "Retries", description: "How often", optional: true },
    { name: "piped", label: "Piped" },
  ]);
});

test("steps carry the policy of their handler, and their own goes before it", () => {
  const { steps } = defineMigration({
    id: "m",
    name: "M",
    handlers: {
      bump: { ...done, compensate: done.run, timeoutSeconds: 60 },
      keep: { ...done, compensate: done.run, compensable: false },
    },
    plan: [
      { name: "bump" },
      { name: "bump-prod", type: "bump", timeoutSeconds: 90, description: "The last one" },
      { name: "keep" },
      { name: "elsewhere", migratorApp: "other" },
    ],
  });
  expect(steps).toEqual([
    { name: "bump", timeoutSeconds: 60, compensable: true },
    {
      name: "bump-prod",
      type: "bump",
      timeoutSeconds: 90,
      description: "The last one",
      compensable: true,
    },
    { name: "keep" },
    { name: "elsewhere", migratorApp: "other" },
  ]);
});

test("what the compiler cannot see is refused with the step's name", () => {
  const plan = (steps: object[], handlers: object = { bump: done }) =>
    defineMigration({ id: "m", name: "M", handlers, plan: steps as never });
  expect(() => plan([{ name: "other" }])).toThrow('step "other" has no handler');
  expect(() => plan([{ name: "x", type: "toString" }])).toThrow('none named "toString"');
  expect(() =>
    plan([{ name: "bump", config: {} }], {
      bump: { ...done, config: z.object({ env: z.string() }) },
    }),
  ).toThrow("config.env");
  expect(() => plan([{ name: "bump" }], { bump: { ...done, compensable: true } })).toThrow(
    "has no compensate",
  );
});

test("candidates come from a list, a promise or an iterable, with steps that carry their handler's policy", async () => {
  const handlers = { bump: { ...done, timeoutSeconds: 60 } };
  const define = (discover: () => never) =>
    defineMigration({ id: "m", name: "M", handlers, plan: [], discover });
  const list = [{ id: "a" }, { id: "b", metadata: { team: "x" }, steps: [{ name: "bump" }] }];
  const found = [
    { id: "a" },
    { id: "b", metadata: { team: "x" }, steps: [{ name: "bump", timeoutSeconds: 60 }] },
  ];
  const lazily = async function* () {
    yield* list;
  };
  expect(await candidatesOf(define((() => list) as never))).toEqual(found);
  expect(await candidatesOf(define((async () => list) as never))).toEqual(found);
  expect(await candidatesOf(define((() => lazily()) as never))).toEqual(found);
  expect(await candidatesOf(define((async () => new Set(list)) as never))).toEqual(found);
  const bad = define((() => [{ id: "c", steps: [{ name: "other" }] }]) as never);
  await expect(candidatesOf(bad)).rejects.toThrow('Candidate c: step "other" has no handler');
});

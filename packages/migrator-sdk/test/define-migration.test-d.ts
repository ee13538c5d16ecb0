import { expectTypeOf, test } from "vitest";
import * as z from "zod";
import type {
  Candidate,
  ChangesContext,
  Discovered,
  FileChange,
  MigrationDefinition,
  StepContext,
  StepHandler,
  StepResult,
} from "../src/index.ts";
import { defineMigration } from "../src/index.ts";

// The compiler is the one that runs these: a directive that meets no error is an error of `tsc -p .`.

test("handlers get what their schemas make of config, inputs and metadata", () => {
  defineMigration({
    id: "m",
    name: "M",
    inputs: z.object({ targetVersion: z.string(), count: z.coerce.number().default(1) }),
    handlers: {
      bump: {
        config: z.object({ env: z.enum(["dev", "prod"]), size: z.coerce.number() }),
        metadata: z.object({ prUrl: z.string() }),
        changes: ({ config, inputs, files }) => {
          expectTypeOf(config).toEqualTypeOf<{ env: "dev" | "prod"; size: number }>();
          expectTypeOf(inputs).toEqualTypeOf<{ targetVersion: string; count: number }>();
          return files.map(({ repo }) => ({ repo, path: "x", after: config.env }));
        },
        async run(ctx) {
          expectTypeOf(ctx.config).toEqualTypeOf<{ env: "dev" | "prod"; size: number }>();
          expectTypeOf(ctx.inputs.count).toEqualTypeOf<number>();
          expectTypeOf(ctx.metadata.prUrl).toEqualTypeOf<string | undefined>();
          // @ts-expect-error not of the config's schema
          void ctx.config.nope;
          // @ts-expect-error not of the inputs' schema
          void ctx.inputs.nope;
          // @ts-expect-error not of the metadata's schema
          ctx.done({ nope: "x" });
          // @ts-expect-error metadata is text
          ctx.open({ key: "k", metadata: { prUrl: 1 } });
          // @ts-expect-error what stands open has a key
          ctx.open({ metadata: { prUrl: "x" } });
          // @ts-expect-error not of the metadata's schema
          await ctx.progress({ nope: "x" });
          return ctx.open({ key: "k", metadata: { prUrl: "x" } });
        },
        compensate: async (ctx) => ctx.done({ prUrl: ctx.config.env }),
      },
      approve: {
        run: async (ctx) => {
          expectTypeOf(ctx.config).toEqualTypeOf<Readonly<Record<string, string>>>();
          return ctx.awaitReview({ instructions: "Look", metadata: { anything: "goes" } });
        },
      },
    },
    plan: [
      { name: "bump-dev", type: "bump", config: { env: "dev", size: "3" } },
      { name: "approve" },
    ],
  });
});

test("a run that forgets its result does not compile", () => {
  const migration = defineMigration({
    id: "m",
    name: "M",
    handlers: {
      nothing: {
        // @ts-expect-error no result
        run: async (ctx) => {
          await ctx.changes();
        },
      },
      forgotten: {
        // @ts-expect-error the wait is not returned
        async run(ctx) {
          ctx.open({ key: "x" });
        },
      },
      sometimes: {
        // @ts-expect-error not on every way
        run: async (ctx) => {
          if (ctx.attempt > 1) return ctx.done();
        },
      },
      handmade: {
        // @ts-expect-error only a context makes results
        run: async () => ({ type: "done" }),
      },
      undone: {
        run: (ctx) => ctx.done(),
        // @ts-expect-error no result
        compensate: async () => undefined,
      },
    },
    plan: [],
  });
  expectTypeOf(migration).toEqualTypeOf<MigrationDefinition>();
});

test("the plan names handlers only, with the config that they read", () => {
  const migration = defineMigration({
    id: "m",
    name: "M",
    handlers: {
      bump: {
        config: z.object({ env: z.enum(["dev", "prod"]), note: z.string().optional() }),
        run: (ctx) => ctx.done(),
      },
      approve: { run: (ctx) => ctx.done() },
    },
    plan: [
      { name: "approve" },
      { name: "sign-off", type: "approve", config: { any: "text" }, timeoutSeconds: 60 },
      { name: "bump", config: { env: "dev" } },
      { name: "bump-prod", type: "bump", config: { env: "prod", note: "x" } },
      { name: "elsewhere", type: "anything", migratorApp: "another-app" },
      // @ts-expect-error no such handler
      { name: "bmp" },
      // @ts-expect-error no such type
      { name: "approve", type: "bmp" },
      // @ts-expect-error config is missing
      { name: "bump" },
      // @ts-expect-error not one of the values
      { name: "bump", config: { env: "test" } },
      // @ts-expect-error config is text
      { name: "bump", config: { env: "dev", note: 1 } },
    ],
  });
  expectTypeOf(migration).toEqualTypeOf<MigrationDefinition>();
});

test("a plan cannot add a handler to what is inferred", () => {
  const migration = defineMigration({
    id: "m",
    name: "M",
    handlers: { approve: { run: (ctx) => ctx.done() } },
    // @ts-expect-error no such handler
    plan: [{ name: "other" }],
  });
  expectTypeOf(migration).toEqualTypeOf<MigrationDefinition>();
});

test("candidates may bring steps of the handlers only, from a list or as they come", () => {
  const handlers = { approve: { run: (ctx: StepContext): StepResult => ctx.done() } };
  const rest = { id: "m", name: "M", handlers, plan: [] } as const;
  const migration = defineMigration({
    ...rest,
    discover: () => [{ id: "a", steps: [{ name: "approve" }] }],
  });
  expectTypeOf(migration).toEqualTypeOf<MigrationDefinition>();
  defineMigration({ ...rest, discover: async () => [{ id: "a", metadata: { team: "x" } }] });
  defineMigration({
    ...rest,
    async *discover() {
      yield { id: "a", steps: [{ name: "sign-off", type: "approve" }] };
    },
  });
  // @ts-expect-error no such handler
  defineMigration({ ...rest, discover: () => [{ id: "a", steps: [{ name: "other" }] }] });
  // @ts-expect-error a candidate has an id
  defineMigration({ ...rest, discover: () => [{ kind: "app" }] });
});

test("candidates of a declared type are taken; their steps are looked at when they come", () => {
  const handlers = {
    bump: { config: z.object({ env: z.string() }), run: (ctx: StepContext) => ctx.done() },
    approve: { run: (ctx: StepContext) => ctx.done() },
  };
  const define = { id: "m", name: "M", handlers, plan: [{ name: "approve" }] } as const;
  const forge = {} as {
    fleet(): AsyncIterable<Candidate>;
    all(): Candidate[];
    promised(): Promise<readonly Candidate[]>;
    either(): Discovered<Candidate>;
    named(): { id: string; steps?: { name: string }[] }[];
    typed(): { id: string; steps: { name: string; type?: string }[] }[];
    bare(): { id: string; team: string }[];
  };
  const migration = defineMigration({ ...define, discover: () => forge.fleet() });
  expectTypeOf(migration).toEqualTypeOf<MigrationDefinition>();
  defineMigration({ ...define, discover: () => forge.all() });
  defineMigration({ ...define, discover: () => forge.promised() });
  defineMigration({ ...define, discover: () => forge.either() });
  defineMigration({ ...define, discover: () => forge.named() });
  defineMigration({ ...define, discover: () => forge.typed() });
  defineMigration({ ...define, discover: () => forge.bare() });
  defineMigration({ ...define, discover: async () => forge.bare().map(({ id }) => ({ id })) });
  defineMigration({
    ...define,
    async *discover() {
      for await (const candidate of forge.fleet()) yield { ...candidate, kind: "service" };
    },
  });
  defineMigration({
    ...define,
    discover: () =>
      forge.bare().map(({ id, team }) => ({
        id,
        steps: [{ name: `bump-${team}`, type: "bump", config: { env: team } }],
      })),
  });
});

test("what the compiler can tell of a candidate's steps it tells", () => {
  const handlers = {
    bump: { config: z.object({ env: z.string() }), run: (ctx: StepContext) => ctx.done() },
    approve: { run: (ctx: StepContext) => ctx.done() },
  };
  const define = { id: "m", name: "M", handlers, plan: [] } as const;
  const names: string[] = [];
  const migration = defineMigration({
    ...define,
    discover: () => [
      { id: "a", steps: [{ name: "approve" }, { name: "bump", config: { env: "dev" } }] },
      { id: "b", steps: [{ name: "elsewhere", migratorApp: "another-app" }] },
      { id: "c", steps: [] },
      { id: "d" },
    ],
  });
  expectTypeOf(migration).toEqualTypeOf<MigrationDefinition>();
  const typed = () => names.map((name) => ({ id: name, steps: [{ name, type: "bmp" as const }] }));
  // @ts-expect-error no such type
  defineMigration({ ...define, discover: typed });
  // @ts-expect-error config is missing
  defineMigration({ ...define, discover: () => [{ id: "a", steps: [{ name: "bump" }] }] });
  defineMigration({
    ...define,
    // @ts-expect-error no such handler
    async *discover() {
      yield { id: "a", steps: [{ name: "other" }] };
    },
  });
});

test("inputs are text: what cannot be read from text is refused", () => {
  const rest = { id: "m", name: "M", handlers: {}, plan: [] } as const;
  // @ts-expect-error use z.coerce
  defineMigration({ ...rest, inputs: z.object({ n: z.number() }) });
  // @ts-expect-error use z.coerce
  defineMigration({ ...rest, inputs: z.object({ s: z.string(), n: z.number().default(1) }) });
  // @ts-expect-error use z.stringbool
  defineMigration({ ...rest, inputs: z.object({ b: z.boolean().optional() }) });
  defineMigration({
    ...rest,
    inputs: z.object({
      n: z.coerce.number().default(1),
      piped: z.string().transform(Number),
      flag: z.stringbool().optional(),
      one: z.enum(["a", "b"]),
      two: z.literal("x").nullable(),
      three: z.union([z.string(), z.number()]),
      day: z.coerce.date(),
    }),
  });
  const migration = defineMigration({ ...rest, inputs: z.object({}) });
  expectTypeOf(migration).toEqualTypeOf<MigrationDefinition>();
});

test("parts of handlers can be shared", () => {
  const byPullRequest = (
    open: (key: string, changes: readonly FileChange[]) => Promise<string>,
  ) => ({
    metadata: z.object({ prUrl: z.string() }),
    run: async (ctx: StepContext): Promise<StepResult> => {
      const prUrl = await open(ctx.key, await ctx.changes());
      return ctx.open({ key: prUrl, metadata: { prUrl } });
    },
    check: async () => ({ phase: "merged" }) as const,
  });
  defineMigration({
    id: "m",
    name: "M",
    handlers: {
      migrate: {
        ...byPullRequest(async (key) => key),
        config: z.object({ env: z.string() }),
        changes: ({ config }) => [{ repo: "r", path: "p", after: config.env }],
      },
    },
    plan: [{ name: "migrate", config: { env: "dev" } }],
  });
  expectTypeOf<ChangesContext["files"]>().toExtend<readonly object[]>();
});

test("a handler that is shared takes no types from the handlers beside it", () => {
  const inputs = z.object({ version: z.string(), count: z.coerce.number() });
  const review = { run: async (ctx: StepContext): Promise<StepResult> => ctx.awaitReview() };
  const anything: StepHandler = { run: (ctx) => ctx.done() };
  const migration = defineMigration({
    id: "m",
    name: "M",
    inputs,
    handlers: {
      review,
      anything,
      bump: {
        run: (ctx) => {
          expectTypeOf(ctx.inputs).toEqualTypeOf<{ version: string; count: number }>();
          return ctx.done();
        },
      },
    },
    plan: [{ name: "review" }, { name: "anything" }, { name: "bump" }],
  });
  expectTypeOf(migration).toEqualTypeOf<MigrationDefinition>();
});

test("a handler of its own file is typed by the schemas, and fits the migrations that have them", () => {
  const inputs = z.object({ version: z.string() });
  const config = z.object({ env: z.enum(["dev", "prod"]) });
  const run = async (ctx: StepContext<typeof inputs, typeof config>): Promise<StepResult> => {
    expectTypeOf(ctx.inputs.version).toEqualTypeOf<string>();
    expectTypeOf(ctx.config.env).toEqualTypeOf<"dev" | "prod">();
    return ctx.done();
  };
  const handlers = { bump: { config, run } };
  const plan = [{ name: "bump", config: { env: "dev" } }] as const;
  const one = defineMigration({ id: "one", name: "One", inputs, handlers, plan });
  const two = defineMigration({ id: "two", name: "Two", inputs, handlers, plan });
  expectTypeOf([one, two]).toEqualTypeOf<MigrationDefinition[]>();
  const others = z.object({ other: z.string() });
  // @ts-expect-error it reads inputs that this migration has not
  defineMigration({ id: "three", name: "Three", inputs: others, handlers, plan });
});

import { expect, onTestFinished, test } from "vitest";
import { eventually } from "../../../test/eventually.ts";
import type { StepContext } from "../src/index.ts";
import { memoryMigratorStore } from "../src/index.ts";
import { dispatch, dispatchOf } from "./support/calls.ts";
import { problem, startLoomDouble } from "./support/loom-double.ts";
import { gate, migrationOf } from "./support/migrations.ts";
import { stage } from "./support/stage.ts";

const inParts = {
  async run(ctx: StepContext) {
    for (const part of ["1", "2", "3"]) await ctx.progress({ part });
    return ctx.done({ part: "4" });
  },
};
const parts = (events: readonly { readonly metadata?: Readonly<Record<string, string>> }[]) =>
  events.map(({ metadata }) => metadata?.["part"]);

test("events carry the token and an event id of their own", async () => {
  const { migrator, loom } = await stage(migrationOf({ bump: inParts }));
  await dispatch(migrator, dispatchOf("bump"));
  await eventually(() => expect(loom.events).toHaveLength(4));
  expect(new Set(loom.events.map(({ eventId }) => eventId)).size).toBe(4);
  expect(new Set(loom.requests.map(({ authorization }) => authorization))).toEqual(
    new Set(["Bearer secret"]),
  );
});

test.each([
  ["down", { status: 0 }],
  ["failing", { status: 500 }],
  ["busy", { status: 429, headers: { "retry-after": "120" } }],
  ["behind a gateway that knows nothing of it", { status: 404 }],
  ["behind a gateway that lets nobody through", { status: 401 }],
])(
  "a Loom that is %s for an hour loses no event, and gets them in order",
  async (_what, answer) => {
    const { migrator, loom, clock } = await stage(migrationOf({ bump: inParts }));
    loom.script(({ path }) => (path.startsWith("/event/") ? answer : undefined));
    await dispatch(migrator, dispatchOf("bump"));
    const before = loom.requests.length;
    for (let minute = 0; minute < 60; minute += 1) await clock.advance(60_000);
    await eventually(() => expect(loom.requests.length).toBeGreaterThan(before + 5));
    loom.script(() => undefined);
    await eventually(async () => {
      await clock.advance(120_000);
      expect(parts(loom.events)).toEqual(["1", "2", "3", "4"]);
    });
    const first = loom.requests.find(({ path }) => path.startsWith("/event/"));
    expect(first?.body).toMatchObject({ eventId: loom.events[0]?.eventId });
  },
);

test("the pause that Loom asks for is kept", async () => {
  const { migrator, loom, clock } = await stage(
    migrationOf({ bump: { run: (ctx) => ctx.done() } }),
  );
  const sent: number[] = [];
  loom.script(({ path }) => {
    if (!path.startsWith("/event/")) return undefined;
    sent.push(clock.now());
    return sent.length === 1 ? { status: 503, headers: { "retry-after": "90" } } : undefined;
  });
  await dispatch(migrator, dispatchOf("bump"));
  await eventually(() => expect(sent).toHaveLength(1));
  await eventually(async () => {
    await clock.advance(10_000);
    expect(sent).toHaveLength(2);
  });
  const [first = 0, second = 0] = sent;
  expect(second - first).toBeGreaterThanOrEqual(90_000);
});

test("a pause without reason is not kept for longer than an hour", async () => {
  const { migrator, loom, clock } = await stage(
    migrationOf({ bump: { run: (ctx) => ctx.done() } }),
  );
  let sent = 0;
  loom.script(({ path }) => {
    if (!path.startsWith("/event/")) return undefined;
    sent += 1;
    return sent === 1 ? { status: 503, headers: { "retry-after": "31536000" } } : undefined;
  });
  await dispatch(migrator, dispatchOf("bump"));
  await eventually(() => expect(sent).toBe(1));
  await eventually(async () => {
    await clock.advance(600_000);
    expect(sent).toBe(2);
  });
});

test("a token that never comes is asked for again, and holds up nothing for ever", async () => {
  const double = await startLoomDouble();
  onTestFinished(() => double.close());
  let asked = 0;
  const token = () => {
    asked += 1;
    return asked === 1 ? new Promise<never>(() => undefined) : "secret";
  };
  const migration = migrationOf({ bump: { run: (ctx) => ctx.done() } });
  const { migrator, clock } = await stage(migration, {
    loom: { url: double.url, token },
    isClosed: true,
  });
  const opening = migrator.open();
  await eventually(() => expect(asked).toBe(1));
  await eventually(async () => {
    await clock.advance(10_000);
    expect(double.announcements).toHaveLength(1);
  });
  await opening;
});

test("events of one call that wait do not hold up those of another", async () => {
  const { migrator, loom } = await stage(migrationOf({ bump: { run: (ctx) => ctx.done() } }));
  const stuck = dispatchOf("bump", { candidate: { id: "stuck" } });
  loom.script(({ path }) => (path.endsWith(stuck.callbackId) ? { status: 503 } : undefined));
  await dispatch(migrator, stuck);
  await dispatch(migrator, dispatchOf("bump", { candidate: { id: "well" } }));
  await eventually(() =>
    expect(loom.events.map(({ candidateId }) => candidateId)).toEqual(["well"]),
  );
});

test("an event that waits is sent although handlers take all the room and more calls wait", async () => {
  const bump = gate();
  const quick = { run: (ctx: StepContext) => ctx.done() };
  const { migrator, loom, clock, lines } = await stage(migrationOf({ bump: bump.handler, quick }), {
    concurrency: 1,
  });
  loom.script(({ path }) => (path.startsWith("/event/") ? { status: 503 } : undefined));
  await dispatch(migrator, dispatchOf("quick", { candidate: { id: "a" } }));
  await eventually(() => expect(JSON.stringify(lines)).toContain("it is sent again"));
  for (const id of ["b", "c"]) await dispatch(migrator, dispatchOf("bump", { candidate: { id } }));
  await eventually(() => expect(bump.entered).toHaveLength(1));
  loom.script(() => undefined);
  await eventually(async () => {
    await clock.advance(1_000);
    expect(loom.trace()).toEqual(["quick completed"]);
  });
  expect(bump.entered).toHaveLength(1);
});

test("an event that Loom refuses is dropped with its reason in the log, and the next one is sent", async () => {
  const { migrator, loom, lines } = await stage(migrationOf({ bump: inParts }));
  loom.script(({ body }) =>
    (body as { metadata?: { part?: string } }).metadata?.part === "2"
      ? problem(400, "validation_failed")
      : undefined,
  );
  await dispatch(migrator, dispatchOf("bump"));
  await eventually(() => expect(parts(loom.events)).toEqual(["1", "3", "4"]));
  expect(lines).toContainEqual(
    expect.objectContaining({
      level: "error",
      fields: expect.objectContaining({ status: 400, error: "because validation_failed" }),
    }),
  );
});

test.each(["run_not_found", "unauthenticated"])(
  "an event that Loom refuses with %s ends the call",
  async (code) => {
    const open = { run: (ctx: StepContext) => ctx.open({ key: "pr" }) };
    const { migrator, loom, store } = await stage(migrationOf({ bump: open }));
    loom.script(() => problem(code === "run_not_found" ? 404 : 401, code));
    await dispatch(migrator, dispatchOf("bump"));
    await eventually(async () => expect((await store.waits.find("pr")).closed).toBe(true));
    expect(await migrator.settle("pr", { phase: "merged" })).toBe("ignored");
  },
);

test("events that Loom has not answered are sent after a restart, in order", async () => {
  const store = memoryMigratorStore();
  const first = await stage(migrationOf({ bump: inParts }), { store });
  first.loom.script(({ path }) => (path.startsWith("/event/") ? { status: 503 } : undefined));
  await dispatch(first.migrator, dispatchOf("bump"));
  await eventually(async () => expect(await store.inbox.latest("m__billing")).not.toBeNull());
  await first.migrator.close();
  expect(first.loom.events).toEqual([]);
  const second = await stage(migrationOf({ bump: inParts }), { store });
  await eventually(async () => {
    await second.clock.advance(1_000);
    expect(parts(second.loom.events)).toEqual(["1", "2", "3", "4"]);
  });
});

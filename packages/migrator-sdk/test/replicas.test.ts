import { expect, onTestFinished, test } from "vitest";
import { eventually } from "../../../test/eventually.ts";
import type { Migrator, MigratorStore, StepHandler } from "../src/index.ts";
import { createMigrator, memoryMigratorStore } from "../src/index.ts";
import { dispatch, dispatchOf } from "./support/calls.ts";
import type { LoomDouble } from "./support/loom-double.ts";
import { startLoomDouble } from "./support/loom-double.ts";
import { manualClock } from "./support/manual-clock.ts";
import { gate, migrationOf } from "./support/migrations.ts";
import { recordedLog } from "./support/recorded-log.ts";

interface Replicas {
  readonly loom: LoomDouble;
  readonly clock: ReturnType<typeof manualClock>;
  readonly store: MigratorStore;
  readonly open: (
    handlers: Readonly<Record<string, StepHandler>>,
    store?: MigratorStore,
  ) => Promise<Migrator>;
}

/** Replicas of one migrator, as in a rolling deploy: they share the store, the clock and the Loom. */
async function replicas(): Promise<Replicas> {
  const loom = await startLoomDouble();
  const clock = manualClock();
  const shared = memoryMigratorStore({ shared: true });
  onTestFinished(() => loom.close());
  return {
    loom,
    clock,
    store: shared,
    async open(handlers, store = shared) {
      const migrator = createMigrator({
        app: "app",
        migrations: [migrationOf(handlers)],
        loom: { url: loom.url },
        url: "http://migrator.example",
        store,
        clock,
        logger: recordedLog().logger,
      });
      // One that was killed does nothing any more, closing included.
      if (store === shared) onTestFinished(() => migrator.close());
      await migrator.open();
      return migrator;
    },
  };
}

/** The store as a process has it that was killed: it never answers again. */
function killable(store: MigratorStore): { readonly store: MigratorStore; kill(): void } {
  let isDead = false;
  const never = () => new Promise<never>(() => undefined);
  const mortal = <T extends object>(part: T): T =>
    new Proxy(part, {
      get(target, name, receiver) {
        const value: unknown = Reflect.get(target, name, receiver);
        if (typeof value !== "function") return value;
        return (...args: unknown[]) => (isDead ? never() : Reflect.apply(value, target, args));
      },
    });
  const { inbox, waits, outbox } = store;
  const parts = { inbox: mortal(inbox), waits: mortal(waits), outbox: mortal(outbox) };
  const { nextDueAt, forget } = mortal({
    nextDueAt: () => store.nextDueAt(),
    forget: (request: Parameters<MigratorStore["forget"]>[0]) => store.forget(request),
  });
  return {
    store: { ...store, ...parts, nextDueAt, forget },
    kill: () => {
      isDead = true;
    },
  };
}

test("every call is worked off by one of the replicas", async () => {
  const { loom, clock, open } = await replicas();
  const works: string[] = [];
  const bump: StepHandler = {
    run(ctx) {
      works.push(ctx.candidate.id);
      return ctx.done();
    },
  };
  const both = [await open({ bump }), await open({ bump })];
  const ids = Array.from({ length: 40 }, (_, n) => `c${n}`);
  await Promise.all(
    ids.flatMap((id) =>
      both.map((one) => dispatch(one, dispatchOf("bump", { candidate: { id } }))),
    ),
  );
  await eventually(async () => {
    await clock.advance(1_000);
    expect(loom.events).toHaveLength(40);
  });
  expect(works.toSorted()).toEqual(ids.toSorted());
});

test("the work of a replica that was killed is taken over when its leases have run out, not before", async () => {
  const { loom, clock, store, open } = await replicas();
  const bump = gate("goes on");
  const mortal = killable(store);
  const first = await open({ bump: bump.handler }, mortal.store);
  await dispatch(first, dispatchOf("bump"));
  await eventually(() => expect(bump.entered).toHaveLength(1));
  await open({ bump: bump.handler });
  await clock.advance(60_000);
  expect(bump.entered).toHaveLength(1);
  mortal.kill();
  await eventually(async () => {
    await clock.advance(5_000);
    expect(bump.entered).toHaveLength(2);
  });
  bump.release(1);
  await eventually(() => expect(loom.trace()).toEqual(["bump completed"]));
});

test("a replica that closes keeps what its handler is still at, until the handler has ended", async () => {
  const { loom, clock, open } = await replicas();
  const bump = gate("goes on");
  const first = await open({ bump: bump.handler });
  await dispatch(first, dispatchOf("bump"));
  await eventually(() => expect(bump.entered).toHaveLength(1));
  await open({ bump: bump.handler });
  await clock.advance(9_000);
  const closing = first.close();
  for (let second = 0; second < 25; second += 1) await clock.advance(1_000);
  expect(bump.entered).toHaveLength(1);
  bump.release(0);
  await closing;
  await clock.advance(60_000);
  expect(loom.trace()).toEqual(["bump completed"]);
  expect(bump.entered).toHaveLength(1);
});

test("a newer dispatch that another replica gets aborts the older one, and waits for it", async () => {
  const { loom, clock, open } = await replicas();
  const older = gate("goes on");
  const newer = gate();
  const first = await open({ bump: older.handler });
  await dispatch(first, dispatchOf("bump"));
  await eventually(() => expect(older.entered).toHaveLength(1));
  const second = await open({ bump: newer.handler });
  await dispatch(second, dispatchOf("bump", { stepAttempt: 2 }));
  await eventually(async () => {
    await clock.advance(1_000);
    expect(older.entered[0]?.signal.aborted).toBe(true);
  });
  // Much longer than a lease lasts.
  for (let elapsed = 0; elapsed < 90; elapsed += 1) await clock.advance(1_000);
  expect(older.entered).toHaveLength(1);
  expect(newer.entered).toEqual([]);
  older.release(0, (ctx) => ctx.done({ from: "the older" }));
  const entered = () => [...older.entered.slice(1), ...newer.entered];
  await eventually(async () => {
    await clock.advance(1_000);
    expect(entered()).toHaveLength(1);
  });
  if (newer.entered.length > 0) newer.release(0);
  else older.release(1);
  await eventually(() => expect(loom.events).toHaveLength(1));
  expect(loom.events[0]?.metadata).toBeUndefined();
});

test("a webhook that one replica gets settles what another opened", async () => {
  const { loom, open } = await replicas();
  const bump: StepHandler = { run: (ctx) => ctx.open({ key: "pr" }) };
  const first = await open({ bump });
  const second = await open({ bump });
  await dispatch(first, dispatchOf("bump"));
  await eventually(() => expect(loom.trace()).toEqual(["bump open"]));
  const answers = await Promise.all([
    first.settle("pr", { phase: "merged" }),
    second.settle("pr", { phase: "merged" }),
  ]);
  expect(answers).toContain("accepted");
  await eventually(() => expect(loom.trace()).toEqual(["bump open", "bump merged"]));
});

test("what stands open is checked by one of the replicas", async () => {
  const { loom, clock, open } = await replicas();
  let checks = 0;
  const bump: StepHandler = {
    run: (ctx) => ctx.open({ key: "pr" }),
    check: () => {
      checks += 1;
      return null;
    },
  };
  const first = await open({ bump });
  await open({ bump });
  await dispatch(first, dispatchOf("bump"));
  await eventually(() => expect(loom.trace()).toEqual(["bump open"]));
  await clock.advance(300_000);
  expect(checks).toBe(1);
});

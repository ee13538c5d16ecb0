import type { Candidate, Clock, DryRunResult, Loom, StartOptions } from "@loom/core";
import { createLoom } from "@loom/core";
import { createLocalEngine, createMemoryStore } from "@loom/local";
import type {
  Logger,
  MigrationDefinition,
  Migrator,
  Settlement,
  SettleAnswer,
  StepHandler,
} from "@loom/migrator-sdk";
import { createMigrator, memoryMigratorStore } from "@loom/migrator-sdk";
import type { Duration } from "./test-migration-duration.ts";
import { millisecondsOf } from "./test-migration-duration.ts";
import type { Quiet } from "./test-migration-quiet.ts";
import { createQuiet } from "./test-migration-quiet.ts";
import type { TestRun } from "./test-migration-run.ts";
import { testRunOf } from "./test-migration-run.ts";
import type { Traces } from "./test-migration-trace.ts";
import { traced } from "./test-migration-trace.ts";
import { fetchOver, migratorsOver } from "./test-migration-wiring.ts";
import type { VirtualClock } from "./virtual-clock.ts";
import { createVirtualClock } from "./virtual-clock.ts";

/** How a migration is tried. */
export interface TestMigrationOptions {
  /** What it is tried on; what the migration discovers when absent. */
  readonly candidates?: readonly Candidate[];
  /** As `checkSeconds` of `createMigrator`. */
  readonly checkSeconds?: number;
  /** Where both sides write what happens. Default: nowhere. */
  readonly logger?: Logger;
  /**
   * How long a handler may take, in real milliseconds, before it counts as waiting for the test, as one does that listens to
   * its signal. Default 1,000.
   */
  readonly patienceMs?: number;
}

/** A migration on a Loom and a migrator of its own, in memory, with a clock that only the test moves. */
export interface MigrationTest {
  /** Starts a run; resolves when it waits for something, or is over. @throws LoomError as `loom.start` */
  start(candidateId: string, options?: StartOptions): Promise<TestRun>;
  /** What the steps would do. @throws LoomError as `loom.dryRun` */
  dryRun(candidateId: string, options?: StartOptions): Promise<DryRunResult>;
  /** Lets time pass, with all that falls due in it. */
  advance(time: Duration): Promise<void>;
  /** Ends what stands open under a key, in every run. */
  settle(key: string, settlement: Settlement): Promise<SettleAnswer>;
  /** The Loom, for whatever else an operator does. */
  readonly loom: Loom;
  readonly migrator: Migrator;
  readonly clock: Clock;
}

const SILENT: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
const DAY_SECONDS = 86_400;

/**
 * Puts a migration on a real Loom (memory store, in-process engine) and a real migrator, joined in memory, and announces and
 * discovers. Everything happens in virtual time: a test of weeks takes milliseconds.
 *
 * @example
 * const t = await testMigration(chartUpgrade(fakeForge), { candidates: [{ id: "billing" }] });
 * const run = await t.start("billing", { inputs: { targetVersion: "2.0.0" } });
 * await run.settle("acme/billing#1", { phase: "merged" });
 * expect(await run.trace()).toEqual(["bump-staging open", "bump-staging merged", "approve awaiting_review"]);
 */
export async function testMigration(
  definition: MigrationDefinition,
  options: TestMigrationOptions = {},
): Promise<MigrationTest> {
  const quiet = createQuiet(options.patienceMs ?? 1_000);
  const clock = createVirtualClock(Date.UTC(2030, 0, 1), () => quiet.reached());
  const traces = traced(createMemoryStore());
  const { loom, migrator } = join(
    quietly(definition, options, quiet),
    { clock, quiet, traces },
    options,
  );
  await loom.open();
  await migrator.open();
  await quiet.reached();
  const after = async <T>(act: Promise<T>): Promise<T> => {
    const result = await act;
    await quiet.reached();
    return result;
  };
  const refOf = (candidateId: string) => ({ migrationId: definition.id, candidateId });
  const settle: MigrationTest["settle"] = (key, settlement) =>
    after(migrator.settle(key, settlement));
  return {
    loom,
    migrator,
    clock,
    settle,
    advance: (time) => clock.advance(millisecondsOf(time)),
    dryRun: (candidateId, given) => loom.dryRun(refOf(candidateId), given),
    async start(candidateId, given) {
      const { runId } = await after(loom.start(refOf(candidateId), given));
      return testRunOf(
        { loom, settle, after, trace: () => traces.of(runId) },
        refOf(candidateId),
        runId,
      );
    },
  };
}

interface Surroundings {
  readonly clock: VirtualClock;
  readonly quiet: Quiet;
  readonly traces: Traces;
}

/** Both sides, each reaching the other through its real surface. */
function join(
  definition: MigrationDefinition,
  { clock, quiet, traces }: Surroundings,
  { checkSeconds = 300, logger = SILENT }: TestMigrationOptions,
): { readonly loom: Loom; readonly migrator: Migrator } {
  // Nobody else shares this store: what is done for other processes' sake would only make virtual time slow.
  const seldom = DAY_SECONDS * 1000;
  const engine = createLocalEngine({ pollMs: seldom, leaseMs: 3 * seldom });
  const migrators = migratorsOver((request) => migrator.handler(request));
  const loom = createLoom({
    store: traces.store,
    engine: {
      ...engine,
      connect: (host) =>
        engine.connect({
          ...host,
          deliver: quiet.watch((manifest, command) => host.deliver(manifest, command)),
        }),
    },
    migrators,
    clock,
    logger,
    recoverySeconds: DAY_SECONDS,
  });
  const migrator = createMigrator({
    app: "test",
    migrations: [definition],
    loom: { url: "http://loom.test", fetch: quiet.watch(fetchOver(loom)) },
    url: "http://migrator.test",
    store: memoryMigratorStore(),
    checkSeconds,
    clock,
    logger,
  });
  return { loom, migrator };
}

/** The migration with the test's candidates, whose handlers the test waits for. */
function quietly(
  definition: MigrationDefinition,
  { candidates }: TestMigrationOptions,
  quiet: Quiet,
): MigrationDefinition {
  const handlers = [...definition.handlers].map(
    ([key, handler]) => [key, watchedHandler(handler, quiet)] as const,
  );
  return {
    ...definition,
    handlers: new Map(handlers),
    ...(candidates && { discover: () => definition.candidatesOf(candidates) }),
  };
}

function watchedHandler(handler: StepHandler, quiet: Quiet): StepHandler {
  const { check } = handler;
  const undo = handler.compensate?.bind(handler);
  return {
    ...handler,
    run: quiet.watch((context) => handler.run(context)),
    ...(undo && { compensate: quiet.watch(undo) }),
    ...(check && { check: quiet.watch(check) }),
  };
}

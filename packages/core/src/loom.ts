import { createCallbackIds, randomSecret } from "./callback-ids.ts";
import { counted, createCallsInFlight } from "./calls-in-flight.ts";
import { consoleLogger, systemClock } from "./defaults.ts";
import { createDeliver } from "./effects/deliver.ts";
import { createWrite } from "./effects/write.ts";
import { LoomError } from "./errors.ts";
import { createActions } from "./facade.ts";
import { createLifecycle } from "./lifecycle.ts";
import type { Loom } from "./loom-api.ts";
import { platform } from "./platform.ts";
import type { Clock } from "./ports/clock.ts";
import type { ExecutionEngine } from "./ports/execution-engine.ts";
import type { Logger } from "./ports/logger.ts";
import type { Migrators } from "./ports/migrator-notifier.ts";
import type { Store } from "./ports/store.ts";
import { createRecoveryLoop } from "./recovery-loop.ts";
import { MigratorUrlSchema } from "./wire/index.ts";

/** What a Loom is made of. */
export interface LoomOptions {
  readonly store: Store;
  readonly engine: ExecutionEngine;
  /** How migrators are reached: `createMigratorClient(…)` of `@loom/http`. */
  readonly migrators: Migrators;
  /**
   * Keys of the callback ids that dispatches carry, the current one first, each of at least 16 characters. Waits last
   * weeks, so they must be the same on every process and after a restart; required with a durable store.
   */
  readonly secrets?: readonly string[];
  /** Where migrators reach Loom's HTTP surface, its base path included; dispatches then carry a `callbackUrl`. */
  readonly publicUrl?: string;
  /** Default: warnings and errors on the console. */
  readonly logger?: Logger;
  readonly clock?: Clock;
  /** Seconds between two recoveries after `open()`. Default 60. */
  readonly recoverySeconds?: number;
}

const PARTS = {
  store: "for one that forgets, createMemoryStore() of @loom/local.",
  engine: "such as createLocalEngine() of @loom/local.",
  migrators: "such as createMigratorClient() of @loom/http.",
};

/** An engine reports to one Loom: to a second one it would be deaf, or the first one's runs would stand still. */
const connected = new WeakSet<ExecutionEngine>();

/**
 * Puts a Loom together. Nothing happens before `open()`.
 *
 * @throws LoomError `invalid_configuration`
 * @example
 * const loom = createLoom({ store: createMemoryStore(), engine: createLocalEngine(), migrators: createMigratorClient() });
 * await loom.open();
 */
export function createLoom(options: LoomOptions): Loom {
  guardParts(options);
  const { store, engine, migrators, clock = systemClock, logger = consoleLogger } = options;
  const callbacks = createCallbackIds(secretsOf(options));
  const publicUrl = publicUrlOf(options);
  const delivering = { store, migrators, callbacks, ...(publicUrl !== undefined && { publicUrl }) };
  const context = {
    store,
    engine,
    dryRunner: migrators,
    clock,
    logger,
    token: () => platform.crypto.randomUUID(),
    undelivered: new Set<string>(),
  };
  const deliver = createDeliver(delivering);
  connected.add(engine);
  engine.connect({ store, clock, logger, deliver, write: createWrite(store) });
  const calls = createCallsInFlight();
  const actions = counted(calls, createActions(context, callbacks));
  const everyMs = recoverySecondsOf(options) * 1000;
  const recoveries = createRecoveryLoop(context, everyMs, actions.recover);
  return { ...actions, ...createLifecycle({ store, engine, migrators, calls, recoveries }) };
}

/** Callers without types, and variables that are not set, come here too. */
function guardParts(options: LoomOptions): void {
  for (const part of ["store", "engine", "migrators"] as const)
    if (typeof options?.[part] !== "object")
      throw misconfigured(`${part}: required; ${PARTS[part]}`);
  if (connected.has(options.engine))
    throw misconfigured("engine: another Loom has it; give each Loom an engine of its own.");
}

function secretsOf({ secrets, store }: LoomOptions): readonly string[] {
  if (secrets && secrets.length > 0) return secrets;
  if (!store.durable) return [randomSecret()];
  throw misconfigured(
    "secrets: required with a durable store, because callback ids must survive a restart.",
  );
}

function publicUrlOf({ publicUrl }: LoomOptions): string | undefined {
  if (publicUrl === undefined || MigratorUrlSchema.safeParse(publicUrl).success)
    return publicUrl?.replace(/\/+$/, "");
  throw misconfigured(
    "publicUrl: must be where migrators reach Loom, such as https://platform.example/loom, without credentials and query.",
  );
}

function recoverySecondsOf({ recoverySeconds = 60 }: LoomOptions): number {
  if (recoverySeconds > 0) return recoverySeconds;
  throw misconfigured("recoverySeconds: must be more than 0.");
}

function misconfigured(message: string): LoomError {
  return new LoomError("invalid_configuration", message);
}

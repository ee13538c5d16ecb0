import type { Clock, EngineHost, ExecutionEngine, Logger, Store } from "@loom/core";
import { LoomError, systemClock } from "@loom/core";
import { createWrite } from "@loom/core/effects";

/** An engine that can be told that its process is dying. */
export interface MortalEngine extends ExecutionEngine {
  /** Ends, without a word to anyone, what the engine has running outside of JavaScript, such as a worker. */
  kill?(): void;
}

/** One process with an engine, which can die or lose its store for a while. */
export interface Process {
  readonly engine: ExecutionEngine;
  /** Closes its engine, if it is alive. */
  close(): Promise<void>;
  /** Dies as by SIGKILL: nothing that it had under way reaches the store, a timer or a migrator any more. */
  kill(): void;
  /** Cuts the connection to the store, or mends it. */
  cut(isCut: boolean): void;
}

/** Starts a process: the part of `createLoom` that an engine sees. */
export function startProcess(
  engine: MortalEngine,
  store: Store,
  deliver: EngineHost["deliver"],
): Process {
  let isDead = false;
  let isCut = false;
  const reachable = guarded(store, () => {
    if (isDead) return new Promise(() => {});
    if (isCut) throw new LoomError("store_unavailable", "The connection is cut.");
    return undefined;
  });
  engine.connect({
    store: reachable,
    clock: mortalClock(() => isDead),
    logger: SILENT,
    deliver: async (manifest, command) => {
      const outcome = isDead ? new Promise<never>(() => {}) : deliver(manifest, command);
      const result = await outcome;
      return isDead ? new Promise<never>(() => {}) : result;
    },
    write: createWrite(reachable),
  });
  return {
    engine,
    async close() {
      if (!isDead) await engine.close();
    },
    kill() {
      isDead = true;
      engine.kill?.();
    },
    cut(now) {
      isCut = now;
    },
  };
}

/** The store with something before each of its methods: what hangs or throws there keeps the call from it. */
function guarded(store: Store, before: () => Promise<never> | undefined): Store {
  const methods = Object.entries(store).map(([name, value]: [string, unknown]) => [
    name,
    typeof value === "function"
      ? async (...given: unknown[]) => {
          await before();
          const answer: unknown = await Reflect.apply(value, store, given);
          await before();
          return answer;
        }
      : value,
  ]);
  return Object.fromEntries(methods) as Store;
}

function mortalClock(isDead: () => boolean): Clock {
  return {
    now: () => systemClock.now(),
    after: (milliseconds, task) =>
      systemClock.after(milliseconds, () => {
        if (!isDead()) task();
      }),
  };
}

const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {} };

import type { CallsInFlight } from "./calls-in-flight.ts";
import { LoomError } from "./errors.ts";
import { createKeepAlive } from "./keep-alive.ts";
import type { Loom } from "./loom-api.ts";
import type { ExecutionEngine } from "./ports/execution-engine.ts";
import type { Migrators } from "./ports/migrator-notifier.ts";
import type { Store } from "./ports/store.ts";
import type { RecoveryLoop } from "./recovery-loop.ts";

/** What is opened and closed with a Loom. */
export interface LifecycleParts {
  readonly store: Store;
  readonly engine: ExecutionEngine;
  readonly migrators: Migrators;
  readonly calls: CallsInFlight;
  readonly recoveries: RecoveryLoop;
}

/** Opens once and closes once; whoever asks again gets the same promise. */
export function createLifecycle(parts: LifecycleParts): Pick<Loom, "open" | "close" | "ready"> {
  const keepAlive = createKeepAlive();
  let opening: Promise<void> | undefined;
  let closing: Promise<void> | undefined;
  let isOpen = false;

  const openOnce = async (): Promise<void> => {
    await openAll(parts);
    isOpen = closing === undefined;
  };
  const closeOnce = async (): Promise<void> => {
    isOpen = false;
    await opening?.catch(() => undefined);
    await closeAll(parts);
  };
  return {
    async open() {
      if (closing) throw closed();
      opening ??= keepAlive(openOnce).catch((error: unknown) => {
        opening = undefined;
        throw error;
      });
      return opening;
    },
    close: () => (closing ??= keepAlive(closeOnce)),
    async ready() {
      if (closing) throw closed();
      if (!isOpen) throw new LoomError("engine_unavailable", "Loom is not open: call loom.open().");
      await keepAlive(() => Promise.all([parts.store.ping(), parts.engine.ping?.()]));
    },
  };
}

async function openAll({ store, engine, recoveries }: LifecycleParts): Promise<void> {
  await store.ping();
  await engine.open();
  await recoveries.recoverNow();
  recoveries.start();
}

/** Calls are taken until the engine has ended: a migrator may report before it answers the dispatch that is waited for. */
async function closeAll({ engine, migrators, calls, recoveries }: LifecycleParts): Promise<void> {
  await recoveries.stop();
  await engine.close();
  await calls.close();
  await migrators.close?.();
}

function closed(): LoomError {
  return new LoomError("engine_unavailable", "This Loom is closed; create another one.");
}

import { randomUUID } from "node:crypto";
import { LoomError } from "@loom/core/errors";
import { createPerformer } from "./calls/performer.ts";
import { systemClock } from "./clock.ts";
import type { Settlement } from "./define/context.ts";
import type { Host } from "./host.ts";
import { BODY_MAX } from "./http/body.ts";
import type { Handler } from "./http/handler.ts";
import { createHandler } from "./http/handler.ts";
import { signatureCheck } from "./http/signature.ts";
import { consoleLogger } from "./logger.ts";
import { createLoomClient } from "./loom/client.ts";
import type { MigratorOptions } from "./options.ts";
import { checkOptions, migrationsById, positive } from "./options.ts";
import { createSender } from "./outbox/sender.ts";
import { createPump } from "./pump.ts";
import type { Registry } from "./registry/registry.ts";
import { createRegistry } from "./registry/registry.ts";
import { endWork } from "./shutdown.ts";
import { createUpkeep } from "./upkeep.ts";
import { createChecker } from "./waits/checks.ts";
import { createWaitOpening } from "./waits/open.ts";
import type { SettleAnswer } from "./waits/settle.ts";
import { settle } from "./waits/settle.ts";

/** A service that does the work of migrations for Loom. */
export interface Migrator extends Registry {
  readonly app: string;
  /** Answers Loom's calls: mount it wherever `url` says, before any body parser. Calls are taken before `open()` too. */
  readonly handler: Handler;
  /**
   * Takes up what was left when it last closed or crashed, then announces every migration and discovers its candidates;
   * resolves when Loom has them, or when the migrator closes first. While Loom does not answer it is asked again, and work
   * goes on meanwhile.
   *
   * @throws LoomError `invalid_configuration`, `store_unavailable` of the store; and as `announce` and `discover` do
   */
  open(): Promise<void>;
  /**
   * Takes no new work, aborts `ctx.signal` of the handlers that run, waits for them (for `closeSeconds` at most), and closes the
   * store. Work that was not done is done after the next start. Called again, it resolves with the first call.
   */
  close(): Promise<void>;
  /**
   * Ends what stands open under a key, for every run that waits for it: call it from a webhook.
   *
   * @throws LoomError `validation_failed` for what is no settlement, `store_unavailable`
   */
  settle(key: string, settlement: Settlement): Promise<SettleAnswer>;
}

/**
 * Puts a migrator together. Nothing is sent before `open()`.
 *
 * @throws LoomError `invalid_configuration`
 */
export function createMigrator(options: MigratorOptions): Migrator {
  const controller = new AbortController();
  const host = createHost(options, () => pump.wake());
  const concurrency = positive("concurrency", options.concurrency ?? 8);
  const performer = createPerformer(host, createWaitOpening(host), concurrency);
  const stop = async (id: string) => {
    performer.stop(id);
    await host.store.inbox.stop(id, host.clock.now());
  };
  const sender = createSender(host, stop);
  const checker = createChecker(host);
  const workers = [performer, sender, checker];
  const pump = createPump(
    host,
    async () => {
      if (isOpen) for (const worker of workers) await worker.takeUp();
    },
    () => workers.some(({ busy }) => busy),
  );
  const upkeep = createUpkeep(host, performer);
  let isOpen = false;
  let opened: Promise<void> | undefined;
  const ready = (): Promise<void> => {
    if (controller.signal.aborted)
      throw new LoomError("store_unavailable", "The migrator is closing.");
    // One that could not be opened is tried again by whoever needs it next.
    opened ??= host.store.open().catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
  const closeMs = positive("closeSeconds", options.closeSeconds ?? 30) * 1000;
  const closeAll = async (): Promise<void> => {
    controller.abort();
    await endWork(host, { pump, performer, checker, upkeep }, closeMs);
    if (isOpen) await sender.takeUp();
    await sender.close();
    await host.loom.close();
    if (opened) await host.store.close();
  };
  let closed: Promise<void> | undefined;
  const registry = createRegistry(host, options.url, controller.signal);
  return {
    app: host.app,
    handler: createHandler(host, {
      ...handlerOptions(options),
      ready,
      replace: (runId, id) => performer.replace(runId, id),
    }),
    ...registry,
    async open() {
      await ready();
      isOpen = true;
      upkeep.start();
      pump.wake();
      await introduce(registry, controller.signal);
    },
    close: () => (closed ??= closeAll()),
    async settle(key, settlement) {
      await ready();
      return settle(host, key, settlement);
    },
  };
}

/** A shutdown while Loom is still being asked, or candidates are looked for, ends the opening and is no failure of it. */
async function introduce(registry: Registry, signal: AbortSignal): Promise<void> {
  const closing = new Promise<void>((resolve) =>
    signal.addEventListener("abort", () => resolve(), { once: true }),
  );
  const introduced = registry.announce().then(() => registry.discover());
  try {
    await Promise.race([introduced, closing]);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function createHost(options: MigratorOptions, wake: () => void): Host {
  checkOptions(options);
  const { app, migrations, loom, store, clock = systemClock, logger = consoleLogger } = options;
  return {
    app,
    migrations: migrationsById(migrations),
    store,
    loom: createLoomClient(loom, clock),
    clock,
    logger,
    owner: randomUUID(),
    checkMs: positive("checkSeconds", options.checkSeconds ?? 300) * 1000,
    wake,
  };
}

function handlerOptions({ secrets, maxBodyBytes }: MigratorOptions) {
  return {
    ...(secrets && { checkSignature: signatureCheck(secrets) }),
    maxBodyBytes: positive("maxBodyBytes", maxBodyBytes ?? BODY_MAX),
  };
}

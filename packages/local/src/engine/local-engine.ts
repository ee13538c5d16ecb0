import type { EngineHost, ExecutionEngine, OutboxEntry } from "@loom/core";
import { LoomError } from "@loom/core";
import { advanceStoredRun, beginStoredRun, type RunKey } from "@loom/core/effects";
import type { RunEvent } from "@loom/core/run";
import { createAppFinder } from "./app-finder.ts";
import { createLeases } from "./leases.ts";
import { type LocalEngineOptions, type Settings, settingsOf } from "./options.ts";
import { perform } from "./perform.ts";
import { type Performer, startPerformer } from "./performer.ts";
import { createShares } from "./shares.ts";
import { createTurns } from "./turns.ts";

/**
 * Hosts runs in this process, with their state in Loom's store: with a durable store they survive it. Several processes over
 * one store share the work by leases, as during a rolling deploy.
 *
 * Runs begin and events are taken durably at any time once connected, also before `open` and after `close`; what they ask
 * for is performed by whichever process is open.
 *
 * @throws LoomError `invalid_configuration`
 */
export function createLocalEngine(options: LocalEngineOptions = {}): ExecutionEngine {
  const settings = settingsOf(options);
  const inTurn = createTurns();
  let connected: EngineHost | undefined;
  let performer: Performer | undefined;

  const host = () => {
    if (connected) return connected;
    throw new LoomError("engine_unavailable", "The engine is not connected to a Loom.");
  };

  // The events of one run take turns here, so that only those of other processes ever meet at the store.
  const advance = (key: RunKey, event: RunEvent) =>
    inTurn(key.runId, () => advanceStoredRun(host(), key, event));

  const raise = async (key: RunKey, event: RunEvent) => {
    const answer = await advance(key, event);
    if (answer === "accepted") performer?.poke();
    return answer;
  };

  return {
    connect(given) {
      connected = given;
    },
    async open() {
      performer ??= openPerformer(host(), settings, raise);
    },
    async close() {
      await performer?.close();
      performer = undefined;
    },
    async startRun(manifest) {
      await inTurn(manifest.runId, () => beginStoredRun(host(), manifest));
      performer?.poke();
    },
    async getRun(runId, attempt) {
      const stored = await host().store.loadRun(runId, attempt);
      return stored && { phase: stored.state.phase };
    },
    raiseEvent: (runId, attempt, event) => raise({ runId, attempt }, event),
    cancelRun: (runId, attempt, event) => raise({ runId, attempt }, event),
  };
}

function openPerformer(
  host: EngineHost,
  { concurrency, concurrencyPerApp, leaseMs, pollMs, pauseMs, random }: Settings,
  raise: Parameters<typeof perform>[0]["raise"],
): Performer {
  const leases = createLeases(host, { owner: crypto.randomUUID(), leaseMs, pauseMs });
  const performing = { host, raise, random, leases };
  const hands = {
    leases,
    shares: createShares(host.clock, { perApp: concurrencyPerApp, longestMs: leaseMs }),
    findApp: createAppFinder(host),
    perform: (entry: OutboxEntry, putOffMs?: number) => perform(performing, entry, putOffMs),
  };
  return startPerformer(host, hands, { concurrency, mostWaiting: concurrencyPerApp, pollMs });
}

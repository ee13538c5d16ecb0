import type { EngineHost, ExecutionEngine } from "@loom/core";
import { LoomError } from "@loom/core";
import { advanceStoredRun, beginStoredRun, type RunKey } from "@loom/core/effects";
import type { RunEvent } from "@loom/core/run";
import { createLeases } from "./leases.ts";
import { perform } from "./perform.ts";
import { type Performer, startPerformer } from "./performer.ts";
import { createTurns } from "./turns.ts";

/** How the in-process engine works. Times in milliseconds. */
export interface LocalEngineOptions {
  /** Most calls to migrators at once. 64 when absent. */
  readonly concurrency?: number;
  /** How long another process waits before it takes over the work of one that died. 60 000 when absent. */
  readonly leaseMs?: number;
  /** How often to look for work that other processes left. 1 000 when absent. */
  readonly pollMs?: number;
  /** How long what the store failed on is left alone. 5 000 when absent. */
  readonly pauseMs?: number;
  /** Chance from 0 to 1, for the jitter of dispatch retries. `Math.random` when absent. */
  readonly random?: () => number;
}

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
  checkOptions(options);
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
      performer ??= openPerformer(host(), options, raise);
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

/** With any of these at nothing the engine would stand still, or never rest. */
function checkOptions(options: LocalEngineOptions): void {
  for (const name of ["concurrency", "leaseMs", "pollMs", "pauseMs"] as const)
    if (!((options[name] ?? 1) > 0)) throw misconfigured(`${name}: must be more than 0`);
  if (!Number.isInteger(options.concurrency ?? 1))
    throw misconfigured("concurrency: must be a whole number");
}

function misconfigured(what: string): LoomError {
  return new LoomError("invalid_configuration", `The in-process engine: ${what}.`);
}

function openPerformer(
  host: EngineHost,
  options: LocalEngineOptions,
  raise: Parameters<typeof perform>[0]["raise"],
): Performer {
  const { concurrency = 64, leaseMs = 60_000, pollMs = 1_000, pauseMs = 5_000 } = options;
  const { random = Math.random } = options;
  const owner = crypto.randomUUID();
  const leases = createLeases(host, { owner, leaseMs, pauseMs });
  const performing = { host, raise, random };
  return startPerformer(host, leases, { concurrency, pollMs }, (entry) =>
    perform(performing, entry),
  );
}

import { LoomError } from "@loom/core";

/** How the in-process engine works. Times in milliseconds. */
export interface LocalEngineOptions {
  /** Most calls to migrators at once, in all. 256 when absent. */
  readonly concurrency?: number;
  /**
   * Most calls to one migrator app at once, so that one that does not answer leaves room for the others. When absent 64, but at
   * most three quarters of `concurrency`.
   */
  readonly concurrencyPerApp?: number;
  /** How long another process waits before it takes over the work of one that died. 60 000 when absent. */
  readonly leaseMs?: number;
  /** How often to look for work that other processes left. 1 000 when absent. */
  readonly pollMs?: number;
  /** How long what the store failed on is left alone. 5 000 when absent. */
  readonly pauseMs?: number;
  /** Chance from 0 to 1, for the jitter of dispatch retries. `Math.random` when absent. */
  readonly random?: () => number;
}

/** The options with their defaults. */
export type Settings = Required<LocalEngineOptions>;

const DEFAULT_SHARE = 64;

/** With any of these at nothing the engine would stand still, or never rest. @throws LoomError `invalid_configuration` */
export function settingsOf({
  concurrency = 256,
  concurrencyPerApp = shareOf(concurrency),
  leaseMs = 60_000,
  pollMs = 1_000,
  pauseMs = 5_000,
  random = Math.random,
}: LocalEngineOptions): Settings {
  const counts = { concurrency, concurrencyPerApp };
  for (const [name, value] of Object.entries({ ...counts, leaseMs, pollMs, pauseMs }))
    if (!(value > 0)) throw misconfigured(`${name}: must be more than 0`);
  for (const [name, value] of Object.entries(counts))
    if (!Number.isInteger(value)) throw misconfigured(`${name}: must be a whole number`);
  if (concurrencyPerApp > concurrency)
    throw misconfigured("concurrencyPerApp: must not be more than concurrency");
  return { ...counts, leaseMs, pollMs, pauseMs, random };
}

/** A share that is all of it would protect nobody. */
function shareOf(concurrency: number): number {
  return Math.min(DEFAULT_SHARE, Math.max(1, Math.floor((concurrency * 3) / 4)));
}

function misconfigured(what: string): LoomError {
  return new LoomError("invalid_configuration", `The in-process engine: ${what}.`);
}

import { LoomError } from "./errors.ts";
import { createKeepAlive } from "./keep-alive.ts";

/** Counts the calls of a Loom that are under way, so that a close can wait for them. */
export interface CallsInFlight {
  /** Does the work as one of the calls, which keep the process alive. @throws LoomError `engine_unavailable` once closed */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Refuses further calls, and resolves when those under way are over. */
  close(): Promise<void>;
}

export function createCallsInFlight(): CallsInFlight {
  const keepAlive = createKeepAlive();
  const underWay = new Set<Promise<unknown>>();
  let isClosed = false;
  return {
    async run(work) {
      if (isClosed) throw new LoomError("engine_unavailable", "This Loom is closed.");
      const call = keepAlive(work);
      const over = call.catch(() => undefined);
      underWay.add(over);
      try {
        return await call;
      } finally {
        underWay.delete(over);
      }
    },
    async close() {
      isClosed = true;
      await Promise.all(underWay);
    },
  };
}

/** The same methods, each of them counted. */
export function counted<T extends object>(calls: CallsInFlight, methods: T): T {
  const entries = Object.entries(methods as Record<string, (...args: never) => Promise<unknown>>);
  const wrapped = entries.map(([name, method]) => [
    name,
    (...args: never) => calls.run(async () => method(...args)),
  ]);
  return Object.fromEntries(wrapped) as T;
}

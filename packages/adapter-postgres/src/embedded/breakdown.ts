import type { PGlite } from "@electric-sql/pglite";

/** The calls into WebAssembly that PGlite makes for a request, over and over until the request is read. */
const CALLS = [
  "_PostgresMainLoopOnce",
  "_PostgresMainLongJmp",
  "_PostgresSendReadyForQueryIfNecessary",
  "_pgl_pq_flush",
  "_pq_buffer_remaining_data",
  "stackRestore",
] as const;
/** The status with which Postgres leaves its loop to go on after an error. */
const GOES_ON = 100;

/**
 * Watches a database for its end: Postgres aborts when its log cannot grow on a full disk, or WebAssembly runs out of memory.
 * PGlite takes that for an error like any other and asks again for ever, which would stop the whole process; from the end on every
 * such call throws instead. Where a version of PGlite has other calls, it is left as it is.
 *
 * @returns whether the database broke down
 */
export function watch(database: PGlite): () => boolean {
  const calls = database.Module;
  let end: { readonly reason: unknown } | undefined;
  for (const name of CALLS) {
    const call: unknown = Reflect.get(calls, name);
    if (typeof call !== "function") continue;
    Reflect.set(calls, name, (...given: unknown[]): unknown => {
      if (end) throw end.reason;
      try {
        return Reflect.apply(call, undefined, given);
      } catch (reason) {
        if (!goesOn(reason)) end = { reason };
        throw reason;
      }
    });
  }
  return () => end !== undefined;
}

function goesOn(reason: unknown): boolean {
  return reason instanceof Error && "status" in reason && reason.status === GOES_ON;
}

/** Gives back the files of a database that broke down. */
export function abandon(database: PGlite): void {
  const { FS } = database.Module;
  if ("quit" in FS && typeof FS.quit === "function") FS.quit();
}

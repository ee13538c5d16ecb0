/** What a host needs to advance a run (in-process, Inngest) and to write what came of it; for authors of engines. */
export { timestampOf } from "../domain/time.ts";
export { addressOf } from "../ports/address.ts";
export type { MissedCall } from "./backoff.ts";
export { pauseAfter } from "./backoff.ts";
export type { CallStanding, LoadedCall, RunKey, StoredRunHost } from "./stored-run.ts";
export { advanceStoredRun, beginStoredRun, loadCall, postponeCall } from "./stored-run.ts";
export { createWrite } from "./write.ts";

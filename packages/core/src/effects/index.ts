/** What a stored host (in-process, Inngest) needs to advance a run; for authors of engines. */
export { timestampOf } from "../domain/time.ts";
export type { CallStanding, LoadedCall, RunKey, StoredRunHost } from "./stored-run.ts";
export { advanceStoredRun, beginStoredRun, loadCall, postponeCall } from "./stored-run.ts";

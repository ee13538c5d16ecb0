/** What a stored host (in-process, Inngest) needs to advance a run; for authors of engines. */
export type { CallStanding, RunKey, StoredRunHost } from "./stored-run.ts";
export { advanceStoredRun, beginStoredRun, postponeCall, standingOf } from "./stored-run.ts";

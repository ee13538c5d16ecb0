import type { Store } from "@loom/core";
import { createCandidates } from "./candidates.ts";
import { createDiscovery } from "./discovery.ts";
import { createHistory } from "./history.ts";
import { createMigrations } from "./migrations.ts";
import { createRunViews } from "./run-views.ts";
import { createMemoryState } from "./state.ts";
import { createStatus } from "./status.ts";
import { createStoredRuns } from "./stored-runs.ts";

/**
 * A store in the memory of this process: the reference for what every store does, and all that tests and trials need.
 * Nothing survives the process. What it returns is frozen; what it is given is copied.
 */
export function createMemoryStore(): Store {
  const state = createMemoryState();
  return {
    durable: false,
    async ping() {},
    ...createMigrations(state),
    ...createDiscovery(state),
    ...createCandidates(state),
    ...createStatus(state),
    ...createRunViews(state),
    ...createStoredRuns(state),
    ...createHistory(state),
  };
}

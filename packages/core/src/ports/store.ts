import type { HistoryStore } from "./history.ts";
import type { MigrationStore } from "./migration-store.ts";
import type { RunViewStore, StoredRunStore } from "./run-store.ts";

/** All that Loom keeps. One object implements every store port, so that a claim is one atomic write. */
export interface Store extends MigrationStore, RunViewStore, StoredRunStore, HistoryStore {
  /** Answers when the store can be used. @throws LoomError `store_unavailable` */
  ping(): Promise<void>;
}

import type { MigrationManifest } from "@loom/core";
import type { Client } from "@temporalio/client";
import type { SearchAttributePair } from "@temporalio/common";

/** How runs are hosted in Temporal. Times in seconds. */
export interface TemporalEngineOptions {
  /** The host's own client: its connection, namespace, data converter and interceptors are used as they are. */
  readonly client: Client;
  /** Where the workers with Loom's workflow and activities listen. */
  readonly taskQueue: string;
  /** What a run's execution can be searched by in Temporal; the attributes must be registered in the namespace. None when absent. */
  readonly searchAttributes?: (manifest: MigrationManifest) => SearchAttributePair[];
  /** How long one request to Temporal may take, its repetitions included. 15 when absent. */
  readonly requestSeconds?: number;
  /** How long a start waits for the close of the attempt before it, whose end is already written. 15 when absent. */
  readonly closeSeconds?: number;
  /** After so long without a sign of life from its worker, a dispatch is given to another one. 20 when absent. */
  readonly heartbeatSeconds?: number;
  /** The most that one call to a migrator may take, Loom's own reads and writes included. 120 when absent. */
  readonly callSeconds?: number;
}

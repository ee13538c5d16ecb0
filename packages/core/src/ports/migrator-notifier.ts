import type {
  CompensateStepRequest,
  DispatchStepRequest,
  DryRunRequest,
  DryRunResult,
} from "../domain/requests.ts";

/** A registered migrator. */
export interface MigratorAddress {
  readonly app: string;
  /** The base URL; its path is kept. */
  readonly url: string;
}

/** How one call ended: any 2xx, a 4xx, or something worth another try. */
export type CallOutcome =
  | { readonly type: "accepted" }
  | { readonly type: "refused"; readonly error: string }
  | {
      readonly type: "unavailable";
      readonly error: string;
      /** The least pause that the migrator asked for, in milliseconds. */
      readonly retryAfterMs?: number;
    };

/** Delivers a step, or its undoing, by exactly one call. Retries are the host's. */
export interface MigratorNotifier {
  /** Never rejects for what a migrator or the network does: that is an outcome. Ends within its own time limit. */
  dispatchStep(to: MigratorAddress, request: DispatchStepRequest): Promise<CallOutcome>;
  /** The same for `POST /compensate-step`. */
  compensateStep(to: MigratorAddress, request: CompensateStepRequest): Promise<CallOutcome>;
}

/** Asks for a preview. */
export interface DryRunner {
  /** @throws LoomError `migrator_unreachable`, `migrator_bad_response`, `migrator_timeout` */
  dryRun(to: MigratorAddress, request: DryRunRequest): Promise<DryRunResult>;
}

/** Both ways to reach migrators: what `createLoom` takes as `migrators`. */
export interface Migrators extends MigratorNotifier, DryRunner {
  /** Closes connections. */
  close?(): Promise<void>;
}

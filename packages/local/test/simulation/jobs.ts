import type { CallKind, CompensateStepRequest, DispatchStepRequest, StepStatus } from "@loom/core";

/** A request as it goes to a migrator. */
export type CallRequest = (DispatchStepRequest | CompensateStepRequest) & {
  readonly kind: CallKind;
};

/** A piece of work that a migrator was asked for, once per dispatch id. */
export interface Job {
  readonly request: CallRequest;
  readonly reports: readonly Report[];
}

/** One thing that a migrator says, as often as it must. */
export interface Report {
  readonly id: string;
  readonly status: StepStatus;
}

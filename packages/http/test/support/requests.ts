import type { CompensateStepRequest, DispatchStepRequest, DryRunRequest } from "@loom/core";

export const dispatchRequest: DispatchStepRequest = {
  migrationId: "chart-upgrade",
  runId: "chart-upgrade__billing",
  stepName: "bump",
  candidate: { id: "billing", metadata: { repo: "acme/billing" } },
  callbackId: "L1.abc.def",
  eventName: "step-completed:bump",
  migratorApp: "charts",
  migratorUrl: "https://charts.example",
  dispatchId: "chart-upgrade__billing:1:do:bump:1",
  attempt: 1,
  stepAttempt: 1,
  inputs: { targetVersion: "2.0.0 – “é”" },
};

export const compensateRequest: CompensateStepRequest = {
  ...dispatchRequest,
  stepStatus: "open",
  stepMetadata: { prUrl: "https://forge.example/1" },
};

export const dryRunRequest: DryRunRequest = {
  migrationId: "chart-upgrade",
  candidate: { id: "billing" },
  steps: [{ name: "bump" }],
};

// The module that the platform's worker bundles. Loom is its last line.
import { proxyActivities } from "@temporalio/workflow";
import type { PlatformActivities } from "./activities.ts";

/** A workflow that the platform had before: takes a service into the catalogue. */
export async function registerService(service: {
  readonly name: string;
  readonly team: string;
}): Promise<void> {
  const { addToCatalogue } = proxyActivities<PlatformActivities>({
    startToCloseTimeout: "10 seconds",
  });
  await addToCatalogue(service);
}

export * from "@loom/engine-temporal/workflows";

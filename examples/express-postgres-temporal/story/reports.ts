import type { Client } from "@temporalio/client";
import { runIdOf } from "./operator.ts";

/** How many reports Temporal has taken of the runs of these services. */
export async function countReports(client: Client, services: readonly string[]): Promise<number> {
  const counts = await Promise.all(services.map((service) => signalsOf(client, service)));
  return counts.reduce((sum, count) => sum + count, 0);
}

async function signalsOf(client: Client, service: string): Promise<number> {
  const { events } = await client.workflow.getHandle(runIdOf(service)).fetchHistory();
  return (events ?? []).filter((event) => event.workflowExecutionSignaledEventAttributes).length;
}

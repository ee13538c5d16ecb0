import { type EngineHost, type EngineRun, parseRunId } from "@loom/core";
import { findExecution, isOf } from "./executions.ts";
import type { Rpc } from "./rpc.ts";

/** `null` unless Temporal runs that attempt now, and for this store: an execution of another Loom's is none. */
export async function getRun(
  { rpc, host }: { readonly rpc: Rpc; readonly host: EngineHost },
  runId: string,
  attempt: number,
): Promise<EngineRun | null> {
  const found = await findExecution(rpc, runId);
  if (!found?.isRunning || found.attempt !== attempt) return null;
  const ref = parseRunId(runId);
  const claim = ref && (await host.store.getRun(ref));
  return claim && isOf(found, claim) ? { phase: found.phase } : null;
}

import { LoomError } from "../errors.ts";
import type { CandidateRef } from "../ports/candidate-record.ts";
import type { RunRecord } from "../ports/run-store.ts";
import { closeGoneRun } from "./close-gone-run.ts";
import type { UseCaseContext } from "./context.ts";
import { needCandidate, now } from "./context.ts";
import { claimedManifest, deliverClaim } from "./deliver-claim.ts";
import { isElsewhere, nameOf } from "./home.ts";

const PAGE = 200;
const AT_ONCE = 8;

/** What one recovery found and did; see `RecoveryReport`. */
export interface Recovered {
  readonly started: number;
  readonly closed: number;
  readonly failed: number;
}

type Finding = "started" | "closed" | "failed" | "fine" | "elsewhere";

/**
 * Finishes what a crash left between the store and the engine: claims that the engine never got are given to it, and runs
 * that it no longer knows are finished as cancelled. Those that began in another engine are left alone, and count as failed.
 *
 * @throws LoomError `store_unavailable` when the running candidates cannot be listed
 */
export async function recover(context: UseCaseContext): Promise<Recovered> {
  const counts = { started: 0, closed: 0, failed: 0, fine: 0, elsewhere: 0 };
  let cursor: string | undefined;
  do {
    const page = await context.store.listRunning({ limit: PAGE, ...(cursor && { cursor }) });
    for (const finding of await inspectAll(context, page.items)) counts[finding]++;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  const { started, closed, failed, elsewhere } = counts;
  if (elsewhere > 0) warnOf(context, elsewhere);
  return { started, closed, failed: failed + elsewhere };
}

function warnOf({ logger, engine }: UseCaseContext, runs: number): void {
  logger.error(
    { runs, engine: nameOf(engine.name) },
    "runs began in another engine and are left alone: open a Loom with that engine until they have ended",
  );
}

async function inspectAll(
  context: UseCaseContext,
  runs: readonly RunRecord[],
): Promise<readonly Finding[]> {
  const queue = runs.values();
  const inspectNext = async (): Promise<Finding[]> => {
    const findings: Finding[] = [];
    for (const run of queue) findings.push(await inspect(context, run));
    return findings;
  };
  return (await Promise.all(Array.from({ length: AT_ONCE }, inspectNext))).flat();
}

async function inspect(
  context: UseCaseContext,
  { manifest, delivery }: RunRecord,
): Promise<Finding> {
  const { runId, attempt, migrationId, candidate } = manifest;
  const ref = { migrationId, candidateId: candidate.id };
  if (isElsewhere(context, manifest)) return "elsewhere";
  try {
    if (delivery !== "delivered") return await driveOn(context, ref, attempt);
    if (await context.engine.getRun(runId, attempt)) return "fine";
    const at = now(context);
    return (await closeGoneRun(context, ref, attempt, { at })) ? "closed" : "fine";
  } catch (error) {
    context.logger.error({ runId, attempt, err: error }, "a run could not be recovered");
    return "failed";
  }
}

async function driveOn(
  context: UseCaseContext,
  ref: CandidateRef,
  attempt: number,
): Promise<Finding> {
  const record = await needCandidate(context, ref);
  if (record.status !== "running" || record.attempt !== attempt) return "fine";
  const manifest = await claimedManifest(context, ref, record);
  if (!manifest) return "fine";
  try {
    await deliverClaim(context, manifest);
    return "started";
  } catch (error) {
    if (LoomError.is(error, "payload_too_large")) return "closed";
    throw error;
  }
}

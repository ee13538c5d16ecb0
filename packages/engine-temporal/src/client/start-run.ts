import type { EngineHost, MigrationManifest, RunRecord } from "@loom/core";
import { timestampOf } from "@loom/core/effects";
import { startRun as beginMachine, INTERPRETER_VERSION } from "@loom/core/run";
import { WorkflowExecutionAlreadyStartedError } from "@temporalio/common";
import { RUN_WORKFLOW, type RunInput, type RunMemo } from "../protocol.ts";
import { slimManifest } from "../slim.ts";
import { type Execution, findExecution, isForeign, isOf } from "./executions.ts";
import { guardInputs } from "./guard-inputs.ts";
import { inTheWay } from "./in-the-way.ts";
import type { Settings } from "./options.ts";
import { pause, type Rpc } from "./rpc.ts";

/** What it takes to start runs. */
export interface Starting {
  readonly rpc: Rpc;
  readonly host: EngineHost;
  readonly settings: Settings;
}

/** A claim of this age or older may have been given to Temporal before, in milliseconds. */
const OLD_CLAIM_MS = 5_000;
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 500;

/**
 * Begins the claimed attempt, once. The status of a cancelled attempt is written some milliseconds before its execution closes: a
 * start in that gap waits for the close.
 *
 * @throws LoomError `engine_unavailable`, also when an execution with this id does not go away in time, or is another Loom's;
 *   `payload_too_large` when Temporal does not take so much: then nothing has begun
 */
export async function startRun(starting: Starting, manifest: MigrationManifest): Promise<void> {
  const { rpc, host, settings } = starting;
  const claim = await findClaim(host, manifest);
  if (!claim) return;
  const end = host.clock.now() + settings.closeSeconds * 1000;
  let found = mayBeRepeated(host, claim) ? await findExecution(rpc, manifest.runId) : null;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    if (found && isOf(found, claim)) return takenBefore(host, manifest, found);
    guardInputs(manifest.inputs ?? {});
    if (await isStarted(starting, manifest, claim)) return;
    found = await findExecution(rpc, manifest.runId);
    if (found && isOf(found, claim)) continue;
    if (isInTheWay(found, claim) || host.clock.now() > end) throw inTheWay(found, claim);
    await pause(host.clock, pauseMs);
  }
}

/** The claim, as it stands in the store; `undefined` once the attempt is over, so that a late start begins nothing. */
async function findClaim(
  { store }: EngineHost,
  { migrationId, candidate, attempt }: MigrationManifest,
): Promise<RunRecord | undefined> {
  const run = await store.getRun({ migrationId, candidateId: candidate.id });
  return run?.attempt === attempt && run.phase !== "finished" ? run : undefined;
}

function mayBeRepeated({ clock }: EngineHost, { delivery, claimedAt }: RunRecord): boolean {
  return delivery !== "pending" || clock.now() - Date.parse(claimedAt) > OLD_CLAIM_MS;
}

/** Whether it is of no use to wait until the execution is gone. */
function isInTheWay(found: Execution | null, claim: RunRecord): boolean {
  return found?.isCompleted === true || (found?.isRunning === true && isForeign(found, claim));
}

/**
 * An execution of this very claim that was ended from outside before it had shown anything is not begun again: with a first
 * view its claim counts as delivered, and the recovery finds that it is gone.
 */
async function takenBefore(
  host: EngineHost,
  manifest: MigrationManifest,
  { isRunning }: Execution,
): Promise<void> {
  if (isRunning) return;
  const [, commands] = beginMachine(manifest, timestampOf(host.clock.now()));
  const view = commands.find((command) => command.type === "save_progress");
  if (view) await host.write(manifest, view);
}

async function isStarted(
  { rpc, settings }: Starting,
  manifest: MigrationManifest,
  { claimedAt }: RunRecord,
): Promise<boolean> {
  const { migrationId, runId, attempt, candidate } = manifest;
  const memo: RunMemo = {
    migrationId,
    candidateId: candidate.id,
    attempt,
    claimedAt,
    phase: "running",
  };
  try {
    await rpc((workflows) =>
      workflows.start(RUN_WORKFLOW, {
        workflowId: runId,
        taskQueue: settings.taskQueue,
        // A cancelled run may start again, a completed one never.
        workflowIdReusePolicy: "ALLOW_DUPLICATE_FAILED_ONLY",
        workflowIdConflictPolicy: "FAIL",
        args: [inputOf(settings, manifest)],
        memo: { ...memo },
        staticSummary: `${migrationId} · ${candidate.id} · attempt ${attempt}`,
        ...(settings.searchAttributes && {
          typedSearchAttributes: settings.searchAttributes(manifest),
        }),
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}

function inputOf(
  { heartbeatSeconds, callSeconds }: Settings,
  manifest: MigrationManifest,
): RunInput {
  return {
    interpreterVersion: INTERPRETER_VERSION,
    timing: { heartbeatSeconds, callSeconds },
    manifest: slimManifest(manifest),
  };
}

import type { RunCommit, Store } from "@loom/core";
import { parseRunId } from "@loom/core";
import { createLeaseBook, type LeaseBook } from "./lease-book.ts";
import { createRunLog, type RunLog } from "./run-log.ts";
import { createStatusLog, type StatusLog } from "./status-log.ts";
import { MIGRATION, type World } from "./world.ts";

/** What the store truly holds, as it came to hold it. It sees every change, and holds it against the laws. */
export interface Ledger
  extends Pick<StatusLog, "positionOf" | "changesBy">,
    Pick<RunLog, "viewOf" | "entries"> {
  /** The store as it is before faults, for a process. */
  readonly storeFor: (process: string) => Store;
  /** Whether an attempt was begun, and ended. */
  isOver(candidateId: string, attempt: number): boolean;
  readonly leases: LeaseBook;
}

export function createLedger(world: World, truth: Store): Ledger {
  const { trace } = world;
  const statuses = createStatusLog(world);
  const runs = createRunLog(world);
  const leases = createLeaseBook(world);
  const refOf = (candidateId: string) => ({ migrationId: MIGRATION, candidateId });
  const read = (candidateId: string) => truth.getCandidate(refOf(candidateId));

  const seeCommit = async (commit: RunCommit) => {
    const { runId, remove, postpone, finish } = commit;
    const candidateId = parseRunId(runId)?.candidateId ?? "";
    leases.forget([...remove, ...postpone.map(({ id }) => id)]);
    const run = await truth.getRun(refOf(candidateId));
    runs.see(commit, statuses.positionOf(candidateId), run);
    if (finish) statuses.see(finish, await read(candidateId));
  };

  return {
    positionOf: statuses.positionOf,
    changesBy: statuses.changesBy,
    viewOf: runs.viewOf,
    entries: runs.entries,
    leases,
    isOver(candidateId, attempt) {
      const position = statuses.positionOf(candidateId);
      return position.attempt > attempt || position.status !== "running";
    },
    storeFor: (process) => ({
      ...truth,
      async changeStatus(change) {
        const result = await truth.changeStatus(change);
        if (result.applied) statuses.see(change, await read(change.candidateId));
        else statuses.seeRefusal(change);
        if (change.history.action === "close")
          trace.violate(`a run of ${change.candidateId} was taken for gone`);
        return result;
      },
      async commitRun(commit) {
        const isCommitted = await truth.commitRun(commit);
        if (isCommitted) await seeCommit(commit);
        else trace.note(`${process} was overtaken at ${commit.runId}`);
        return isCommitted;
      },
      async mergeCandidates(merge) {
        const counts = await truth.mergeCandidates(merge);
        await statuses.seeDiscovery(read);
        return counts;
      },
      async leaseDue(request) {
        const leased = await truth.leaseDue(request);
        leases.give(process, request, leased);
        return leased;
      },
      async renewLeases(request) {
        await truth.renewLeases(request);
        leases.renew(request);
      },
      async releaseLeases(request) {
        await truth.releaseLeases(request);
        leases.release(request);
      },
    }),
  };
}

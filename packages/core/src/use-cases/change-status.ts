import { LoomError } from "../errors.ts";
import type { CandidateRecord, CandidateRef } from "../ports/candidate-record.ts";
import type { StatusChange } from "../ports/status-change.ts";
import type { UseCaseContext } from "./context.ts";
import { found, needCandidate } from "./context.ts";

/** A change that a use case decided on, without what {@link changeStatus} fills in. */
export type Decision = Omit<StatusChange, "migrationId" | "candidateId" | "token" | "from">;

const REPLIES_LOST_IN_A_ROW = 3;
const PAUSE_MS = 50;

/**
 * Decides on what stands and applies it there: when another was faster, decides anew on what it left.
 *
 * @param decide throws when the action may not happen in that record, and gives `undefined` to change nothing; called
 *   again after each conflict
 * @returns the applied decision
 */
export async function changeStatus<D extends Decision | undefined>(
  context: UseCaseContext,
  ref: CandidateRef,
  decide: (record: CandidateRecord) => D,
): Promise<D> {
  const token = context.token();
  let record = await needCandidate(context, ref);
  for (;;) {
    const decision = decide(record);
    if (!decision) return decision;
    const { status, attempt } = record;
    const change = { ...ref, token, from: { status, attempt }, ...decision };
    const result = await applyOnce(context, change);
    if (result.applied) return decision;
    record = await found(context, ref, result.found);
  }
}

/** Repeats a change whose reply may be lost: its token lets the store recognise it. */
async function applyOnce(
  { store, clock }: UseCaseContext,
  change: StatusChange,
): ReturnType<UseCaseContext["store"]["changeStatus"]> {
  for (let failures = 1; ; failures++) {
    try {
      return await store.changeStatus(change);
    } catch (error) {
      if (!LoomError.is(error, "store_unavailable") || failures === REPLIES_LOST_IN_A_ROW)
        throw error;
      await new Promise<void>((resume) => clock.after(PAUSE_MS * failures, resume));
    }
  }
}

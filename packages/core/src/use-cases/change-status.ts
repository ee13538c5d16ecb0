import { LoomError } from "../errors.ts";
import type { CandidateRecord, CandidateRef } from "../ports/candidate-record.ts";
import type { StatusChange, StatusChangeResult } from "../ports/status-change.ts";
import type { UseCaseContext } from "./context.ts";
import { found, needCandidate } from "./context.ts";
import { retried } from "./retried.ts";

/** A change that a use case decided on, without what {@link changeStatus} fills in. */
export type Decision = Omit<StatusChange, "migrationId" | "candidateId" | "token" | "from">;

/**
 * Decides on what stands and applies it there: when another was faster, decides anew on what it left.
 *
 * @param decide throws when the action may not happen in that record, and gives `undefined` to change nothing; called
 *   again after each conflict
 * @param seen the record as the caller has just read it; one that is out of date costs a conflict and no more
 * @returns the applied decision
 * @throws LoomError `store_unavailable` also when a reply was lost and another hand came before the repetition
 */
export async function changeStatus<D extends Decision | undefined>(
  context: UseCaseContext,
  ref: CandidateRef,
  decide: (record: CandidateRecord) => D,
  seen?: CandidateRecord,
): Promise<D> {
  const token = context.token();
  let record = seen ?? (await needCandidate(context, ref));
  for (;;) {
    const decision = decide(record);
    if (!decision) return decision;
    const { status, attempt, inputs } = record;
    const change = { ...ref, token, from: { status, attempt, inputs }, ...decision };
    const result = await apply(context, change);
    if (result.applied) return decision;
    record = await found(context, ref, result.found);
  }
}

/** A repetition is known by its token, unless another hand was faster: then nobody can tell whether the change was made. */
async function apply(context: UseCaseContext, change: StatusChange): Promise<StatusChangeResult> {
  let lost: unknown;
  const result = await retried(context, () =>
    context.store.changeStatus(change).catch((error: unknown) => {
      lost = error;
      throw error;
    }),
  );
  if (result.applied || lost === undefined) return result;
  const message =
    "The store could not be reached for a moment; see what stands now, and try again.";
  throw new LoomError("store_unavailable", message, { cause: lost });
}

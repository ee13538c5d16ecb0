import { LoomError } from "@loom/core/errors";
import { type Claim, type Execution, isForeign } from "./executions.ts";

const RETRY_AFTER_SECONDS = 5;

/** The error of a start that finds another execution under the id of its run: who it is of, and what to do about it. */
export function inTheWay(found: Execution | null, claim: Claim): LoomError {
  if (found && isForeign(found, claim)) return refusal(aboutForeign(found));
  if (found?.isCompleted) return refusal(COMPLETED);
  const details = { retryAfterSeconds: RETRY_AFTER_SECONDS };
  return new LoomError("engine_unavailable", CLOSING, { details });
}

const OWN_NAMESPACE = "give each store a namespace of its own";
const COMPLETED = `Temporal has a completed run with this id that the store knows nothing of: delete it there, and ${OWN_NAMESPACE}.`;
const CLOSING = `An earlier attempt is still open in Temporal, and closes once a worker gets to it: start again shortly. If it is another Loom's, ${OWN_NAMESPACE}.`;

function aboutForeign({ attempt, isCompleted }: Execution): string {
  if (attempt === undefined)
    return "Temporal has a workflow of another type with the id of this run: end or delete it there, or give Loom a namespace of its own.";
  if (isCompleted) return COMPLETED;
  return `Another Loom, with a store of its own, runs this candidate in the same namespace of Temporal: ${OWN_NAMESPACE}.`;
}

function refusal(message: string): LoomError {
  return new LoomError("engine_unavailable", message);
}

import type { RunProgress } from "@loom/core";
import { INTERPRETER_VERSION, progressOf } from "@loom/core/run";
import { ApplicationFailure } from "@temporalio/common";
import { CancellationScope, continueAsNew, defineQuery, setHandler } from "@temporalio/workflow";
import { PROGRESS_QUERY, type RunInput } from "../protocol.ts";
import { begin, refuseNewer } from "./begin.ts";
import { watchCancel } from "./cancellation.ts";
import { openInbox } from "./inbox.ts";
import { hostRun } from "./loop.ts";
import { now } from "./moment.ts";

const BY_TEMPORAL = { by: "temporal", reason: "cancelled in Temporal" };

const progressQuery = defineQuery<RunProgress>(PROGRESS_QUERY);

/**
 * Hosts one attempt of a run, until it is finished: gives each event to the run machine and performs its commands. What a
 * signal or a cancel brings only goes into the inbox; the loop itself cannot be cancelled, so that clean-up comes to its end.
 */
export async function loomRun(input: RunInput): Promise<void> {
  const inbox = openInbox();
  refuseNewer(input);
  const [state, commands] = begin(input);
  const run = { state, inbox };
  setHandler(progressQuery, () => progressOf(run.state));
  const { attempt } = state.manifest;
  const nativeCancel = watchCancel(() =>
    inbox.push({ type: "cancel_requested", attempt, at: now(), ...BY_TEMPORAL }),
  );
  const end = await CancellationScope.nonCancellable(() => hostRun(run, commands, input.timing));
  switch (end.type) {
    case "completed":
      return;
    case "cancelled":
      return nativeCancel.rethrow();
    case "over":
      throw ApplicationFailure.nonRetryable("The attempt was over before.", "LoomAttemptOver");
    case "continued":
      return continueAsNew<typeof loomRun>({
        interpreterVersion: INTERPRETER_VERSION,
        timing: input.timing,
        carried: end.carried,
      });
  }
}

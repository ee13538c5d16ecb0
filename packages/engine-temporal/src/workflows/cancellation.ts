import { ApplicationFailure, CancelledFailure } from "@temporalio/common";
import { CancellationScope, condition } from "@temporalio/workflow";

/** How long the end of a cancelled run waits for Temporal's own cancel, which Loom's client sends after its signal. */
const NATIVE_CANCEL_WAIT = "5 seconds";

/** Temporal's own cancel of this execution. */
export interface NativeCancel {
  /** Ends a cancelled run so that Temporal shows it as cancelled. Always throws. */
  rethrow(): Promise<never>;
}

/** Watches for Temporal's own cancel, from Loom or from Temporal's console. Call it in the root scope. */
export function watchCancel(onCancel: () => void): NativeCancel {
  let cause: Error | undefined;
  const { cancelRequested } = CancellationScope.current();
  cancelRequested.catch((error: unknown) => {
    if (!(error instanceof CancelledFailure)) return;
    cause = error;
    onCancel();
  });
  return {
    async rethrow() {
      await CancellationScope.nonCancellable(() =>
        condition(() => cause !== undefined, NATIVE_CANCEL_WAIT),
      );
      // Its sender died between the signal and the cancel. A failed execution lets the candidate start again, too.
      throw cause ?? ApplicationFailure.nonRetryable("The run was cancelled.", "LoomCancelled");
    },
  };
}

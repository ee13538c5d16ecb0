import type { Finish, RunCommand, SaveProgress } from "@loom/core/run";

/** A larger view stays out of the history, in characters of JSON: the server takes no argument above 2 MiB. */
const LONGEST_WITH_CALL = 100_000;

/** How the view of a batch of commands gets to the store. */
export interface Views {
  /** Goes along with the call that begins, which then costs no event of its own. */
  readonly withCall?: SaveProgress;
  /** Is written by itself. */
  readonly toWrite?: SaveProgress | Finish;
}

/** Only the last view of a batch is worth showing, and none beside the end of the run, which has its own. */
export function viewsOf(commands: readonly RunCommand[]): Views {
  const finish = commands.find((command) => command.type === "finish");
  if (finish) return { toWrite: finish };
  const view = commands.findLast((command) => command.type === "save_progress");
  if (!view) return {};
  return canGoWithCall(commands, view) ? { withCall: view } : { toWrite: view };
}

/** A call that is stopped in the same breath is never made, and would take the view with it. */
function canGoWithCall(commands: readonly RunCommand[], view: SaveProgress): boolean {
  const isCall = ({ type }: RunCommand) => type === "dispatch_step" || type === "compensate_step";
  const isStopped = commands.some(({ type }) => type === "stop_dispatch");
  return commands.some(isCall) && !isStopped && JSON.stringify(view).length <= LONGEST_WITH_CALL;
}

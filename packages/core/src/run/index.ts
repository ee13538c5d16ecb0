/** The run machine: pure, the same for every engine, and safe in a workflow sandbox. */

export type * from "./command-types.ts";
export { viewOf } from "./commands.ts";
export type * from "./events.ts";
export { endedAt, isSuccess, isTerminal } from "./facts.ts";
export { advanceRun, attemptOf, INTERPRETER_VERSION, startRun } from "./machine.ts";
export { dispatchIdOf, sameCall, stopIdOf, timerIdOf } from "./names.ts";
export { progressOf } from "./progress.ts";
export { canTimeOut } from "./settle.ts";
export type * from "./state.ts";
export type { Transition } from "./transition.ts";

import type { CallName } from "../domain/run.ts";

/** A call of a run: what a callback id names. */
export interface CallbackTarget {
  readonly runId: string;
  readonly call: CallName;
}

/** Makes and reads the capabilities that dispatches carry. */
export interface CallbackIds {
  issue(target: CallbackTarget): Promise<string>;
  /** `null` for anything that was not issued under one of the secrets. */
  read(callbackId: string): Promise<CallbackTarget | null>;
}

import type { EpochMilliseconds } from "../domain/values.ts";

/** The only source of time, so that a test can own it. */
export interface Clock {
  /** The time now. Never goes back by more than the system's clock does. */
  now(): EpochMilliseconds;
  /** Runs `task` once after `milliseconds`, unless the returned function is called first. Does not keep a process alive. */
  after(milliseconds: number, task: () => void): () => void;
}

// Limits are for what hangs, not for what a busy machine does slowly.

/** How long a test waits for one thing to come, in milliseconds. */
export const PATIENCE_MS = 120_000;

/** How long a test may take in all, in milliseconds. */
export const TEST_TIMEOUT_MS = 600_000;

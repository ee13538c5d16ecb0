/**
 * How long a test waits, in milliseconds, for what is to come true by itself. A limit is for what
 * hangs, not for what a busy machine does slowly; it lies below a test's own limit, so that the
 * message says what did not come true.
 */
export const PATIENCE_MS = 45_000;

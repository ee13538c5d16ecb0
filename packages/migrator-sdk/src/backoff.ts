/** How pauses between tries grow: doubled each time, up to a longest one. */
export interface Backoff {
  readonly initialSeconds: number;
  readonly maxSeconds: number;
}

/** The pause before the next try, in milliseconds. @param tries made so far, from 1 */
export function backoffMs({ initialSeconds, maxSeconds }: Backoff, tries: number): number {
  return Math.min(initialSeconds * 2 ** (tries - 1), maxSeconds) * 1000;
}

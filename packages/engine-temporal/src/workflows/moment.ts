/** The workflow's time, the same at each replay. */
export function now(): string {
  return new Date(Date.now()).toISOString();
}

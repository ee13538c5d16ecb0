/** Tells whoever started this process that it is at work, and where. */
export function sayReady(facts: { readonly url?: string } = {}): void {
  if (process.connected) process.send?.(facts);
}

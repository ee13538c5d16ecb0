import { once } from "node:events";

/** Tells whoever started this process that it is at work, and where. */
export function sayReady(facts: { readonly url?: string } = {}): void {
  process.send?.(facts);
}

/** Resolves when this process is to end: it was told to, or the one that started it is gone. */
export async function untilEnd(): Promise<void> {
  // Ctrl-C reaches every process of a terminal; the one that started this ends it in good order.
  process.on("SIGINT", () => undefined);
  await Promise.race([once(process, "SIGTERM"), once(process, "disconnect")]);
}

import { once } from "node:events";

/**
 * Resolves when a process of a demo is to end: it was told to, or the one that started it, over an open channel, is gone. Ask
 * before anything that may go on for ever, such as the asking of a Loom that went with it.
 */
export async function untilEnd(): Promise<void> {
  // They reach every process of a terminal; the one that started this ends it in good order.
  for (const signal of ["SIGINT", "SIGHUP"] as const) process.on(signal, () => undefined);
  const ended = Promise.race([once(process, "SIGTERM"), once(process, "disconnect")]);
  const isLeftAlone = process.send !== undefined && !process.connected;
  if (!isLeftAlone) await ended;
}

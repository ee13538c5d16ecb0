import { vi } from "vitest";
import { PATIENCE_MS } from "./patience.ts";

/** Asks `holds` again until it throws no more, and answers what it answered. */
export function eventually<Answer>(holds: () => Answer | Promise<Answer>): Promise<Answer> {
  return vi.waitFor(holds, { timeout: PATIENCE_MS, interval: 10 });
}

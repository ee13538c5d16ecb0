import * as z from "zod";
import { parse } from "../contract.ts";
import type { Settlement } from "../define/context.ts";
import type { Host } from "../host.ts";
import { settlementEvent } from "../outbox/events.ts";
import type { KnownKey, OutboxEvent, Wait } from "../store/port.ts";

/**
 * What `settle` answers: `accepted`, at least one wait was ended; `ignored`, there was one, but it is over; `unknown`, there
 * has been none. What was not accepted is kept for a day, and ends a wait that opens late.
 */
export type SettleAnswer = "accepted" | "ignored" | "unknown";

const metadata = z.record(z.string(), z.string()).exactOptional();
const SettlementSchema = z.union(
  [
    z.object({ failed: z.string(), metadata }),
    z.object({ phase: z.enum(["merged", "completed"]), metadata }),
  ],
  { error: 'must be { phase: "merged" | "completed" } or { failed: "why" }' },
);

/** Ends every wait on a key. @throws LoomError `validation_failed` for what is no settlement */
export async function settle(host: Host, key: string, given: Settlement): Promise<SettleAnswer> {
  const settlement: Settlement = parse(SettlementSchema, given);
  const { waits } = host.store;
  const at = host.clock.now();
  const wasOver = isOver(await waits.find(key));
  // Kept before the waits are looked for: so a wait that opens in between finds it, or is found.
  await waits.keep(key, { settlement, at, taken: wasOver });
  const { open } = await waits.find(key);
  const closed = await closeAll(host, open, (wait) => settlementEvent(wait, settlement));
  if (closed === 0) return wasOver ? "ignored" : "unknown";
  await waits.keep(key, { settlement, at, taken: true });
  host.wake();
  return "accepted";
}

function isOver({ closed, kept }: KnownKey): boolean {
  return closed || kept?.taken === true;
}

async function closeAll(
  { store, clock }: Host,
  waits: readonly Wait[],
  eventOf: (wait: Wait) => OutboxEvent,
): Promise<number> {
  let closed = 0;
  for (const wait of waits)
    if (await store.waits.close(wait.id, eventOf(wait), clock.now())) closed += 1;
  return closed;
}

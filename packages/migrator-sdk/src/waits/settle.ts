import * as z from "zod";
import { parse } from "../contract.ts";
import type { Settlement } from "../define/context.ts";
import type { Host } from "../host.ts";
import { settlementEvent } from "../outbox/events.ts";
import type { KeptSettlement, Wait } from "../store/port.ts";

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
  const before = await waits.find(key);
  const taken = before.closed || before.kept?.taken === true;
  // Kept before the waits are looked for: so a wait that opens in between finds it, or is found.
  const runs = isRepeated(settlement, before.kept) ? before.kept.runs : [];
  await waits.keep(key, { settlement, at, taken, runs });
  const { open } = await waits.find(key);
  const ended = await closeAll(host, open, settlement);
  if (ended.length === 0) return taken ? "ignored" : "unknown";
  await waits.keep(key, { settlement, at, taken: true, runs: [...runs, ...ended] });
  host.wake();
  return "accepted";
}

function isRepeated(settlement: Settlement, kept: KeptSettlement | null): kept is KeptSettlement {
  return JSON.stringify(kept?.settlement) === JSON.stringify(settlement);
}

/** Gives the runs whose waits it has ended. */
async function closeAll(
  { store, clock }: Host,
  waits: readonly Wait[],
  settlement: Settlement,
): Promise<string[]> {
  const ended: string[] = [];
  for (const wait of waits)
    if (await store.waits.close(wait.id, settlementEvent(wait, settlement), clock.now()))
      ended.push(wait.runId);
  return ended;
}

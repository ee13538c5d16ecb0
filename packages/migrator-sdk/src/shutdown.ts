import type { Performer } from "./calls/performer.ts";
import { endsWithin } from "./clock.ts";
import type { Host } from "./host.ts";
import type { Pump } from "./pump.ts";
import type { Upkeep } from "./upkeep.ts";
import type { Checker } from "./waits/checks.ts";

/** What is ended, part by part. */
export interface WorkParts {
  readonly pump: Pump;
  readonly performer: Performer;
  readonly checker: Checker;
  readonly upkeep: Upkeep;
}

/**
 * Takes no new work, and waits for handlers and checks: for those that ignore their signal no longer than `closeMs`. Leases are
 * prolonged meanwhile, so that no other process begins the same work.
 */
export async function endWork(host: Host, parts: WorkParts, closeMs: number): Promise<void> {
  const { pump, performer, checker, upkeep } = parts;
  await pump.close();
  const handlers = Promise.all([checker.close(), performer.close()]);
  if (!(await endsWithin(host.clock, closeMs, handlers))) tellLate(host, performer);
  upkeep.stop();
}

function tellLate({ logger }: Host, performer: Performer): void {
  const steps = performer.atWork().map(({ runId, request }) => ({ runId, step: request.stepName }));
  logger.error(
    { steps },
    "handlers or checks ignore their signal: the migrator closes without them, and what they were at is done again after the next start",
  );
}

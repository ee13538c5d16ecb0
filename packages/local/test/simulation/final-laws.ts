import type { CandidateRecord, HistoryEntry, Position, Store } from "@loom/core";
import type { Ledger } from "./ledger.ts";
import { isSamePosition, led, UNTOUCHED } from "./positions.ts";
import { MIGRATION, type World } from "./world.ts";

/** What must hold of what the store tells once all is over. */
export async function checkStore(world: World, ledger: Ledger, store: Store): Promise<void> {
  const { trace } = world;
  const records = await allOf((cursor) => store.listCandidates(MIGRATION, pageAt(cursor)));
  const history = await allOf((cursor) => store.listHistory(MIGRATION, pageAt(cursor)));
  const cancelled = await allOf((cursor) => store.listCancelledAttempts(MIGRATION, pageAt(cursor)));

  const counts = await store.countCandidates(MIGRATION);
  const [listed] = await store.listMigrations();
  const tally = tallyOf(records);
  for (const [where, shown] of Object.entries({ counts, listed: listed?.counts }))
    if (JSON.stringify(shown, Object.keys(tally)) !== JSON.stringify(tally))
      trace.violate(`${where} are ${JSON.stringify(shown)} of ${JSON.stringify(tally)}`);

  const told = replayed(world, history.toReversed());
  for (const { candidate, ...record } of records) {
    const end = told.positions.get(candidate.id) ?? UNTOUCHED;
    if (!isSamePosition(end, record) || !isSamePosition(ledger.positionOf(candidate.id), record))
      trace.violate(`history leaves ${candidate.id} ${end.status} ${end.attempt}`);
  }

  const kept = cancelled.map(({ candidateId, attempt }) => `${candidateId} ${attempt}`);
  if (JSON.stringify(kept.toSorted()) !== JSON.stringify(told.closed.toSorted()))
    trace.violate(`cancelled attempts are ${kept.join()}; history closed ${told.closed.join()}`);

  const due = await store.nextDueAt();
  if (due !== null) trace.violate(`the outbox still holds something, due at ${due}`);
}

/** Where history leads, line by line. */
function replayed({ trace }: World, history: readonly HistoryEntry[]) {
  const positions = new Map<string, Position>();
  const closed: string[] = [];
  for (const { action, candidateId, attempt } of history) {
    if (candidateId === undefined) continue;
    const from = positions.get(candidateId) ?? UNTOUCHED;
    const to = led(action, from);
    if (to && to.attempt === attempt) {
      positions.set(candidateId, to);
      if (action === "cancel" || action === "close") closed.push(`${candidateId} ${attempt}`);
    } else if (!["cancel", "retry_step", "report_step", "update_inputs"].includes(action))
      trace.violate(`history has ${action} ${attempt} of ${candidateId} at ${from.status}`);
  }
  return { positions, closed };
}

function tallyOf(records: readonly CandidateRecord[]) {
  const of = (status: string) => records.filter((record) => record.status === status).length;
  const at = (step: string) =>
    records.filter(({ status, run }) => status === "running" && run?.currentStep?.status === step)
      .length;
  return {
    notStarted: of("not_started"),
    queued: of("queued"),
    running: of("running"),
    completed: of("completed"),
    blocked: at("failed"),
    awaitingReview: at("awaiting_review"),
  };
}

const pageAt = (cursor: string | undefined) => ({
  limit: 50,
  ...(cursor !== undefined && { cursor }),
});

/** All pages of a list. */
async function allOf<T>(
  read: (
    cursor?: string,
  ) => Promise<{ readonly items: readonly T[]; readonly nextCursor?: string }>,
): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await read(cursor);
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return items;
}

import type { HistoryEntry } from "@loom/core";
import { fromJson, toJson } from "./json.ts";
import { leftOver, named, rowOf } from "./row.ts";
import { packTime, unpackTime } from "./time.ts";

/** A line of history in about a third of its JSON: there are many of each candidate. */
export function packHistory(entry: HistoryEntry): string {
  const { at, actor, action, candidateId, attempt, ...rest } = entry;
  const { id, name } = actor;
  return toJson(rowOf(packTime(at), action, id, candidateId, attempt, name, leftOver(rest)));
}

/** The inverse of {@link packHistory}. */
export function unpackHistory(line: string): HistoryEntry {
  const [at, action, id, candidateId, attempt, name, rest] = fromJson(line) as Row;
  return {
    at: unpackTime(at),
    actor: { id, ...named("name", name) },
    action,
    ...named("candidateId", candidateId),
    ...named("attempt", attempt),
    ...rest,
  };
}

type Row = readonly [
  at: string,
  action: HistoryEntry["action"],
  actor: string,
  candidateId?: string | null,
  attempt?: number | null,
  name?: string | null,
  rest?: object,
];

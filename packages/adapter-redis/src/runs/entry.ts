import type { OutboxEntry } from "@loom/core";
import type { Argument } from "../client/client.ts";
import { fromJson, toJson } from "../codec/json.ts";

/** An entry as the script that adds it reads it. */
export function packEntry({ dueAt, tries, ...body }: OutboxEntry): readonly Argument[] {
  return [body.id, dueAt, tries, toJson(body)];
}

/** The entries that a lease returns: due time, tries and body by turns. */
export function unpackEntries(flat: readonly string[]): readonly OutboxEntry[] {
  const entries: OutboxEntry[] = [];
  for (let at = 0; at < flat.length; at += 3) {
    const body = fromJson(flat[at + 2] ?? "") as Omit<OutboxEntry, "dueAt" | "tries">;
    entries.push({ ...body, dueAt: Number(flat[at]), tries: Number(flat[at + 1]) });
  }
  return entries;
}

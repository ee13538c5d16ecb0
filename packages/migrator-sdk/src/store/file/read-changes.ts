import { createReadStream } from "node:fs";
import { open, truncate } from "node:fs/promises";
import { LoomError } from "@loom/core/errors";
import type { Change } from "../state/changes.ts";

/**
 * Reads a journal. Lines at its end that were not written whole were never acknowledged: they are cut off.
 *
 * @throws LoomError `store_unavailable` when a line that was written whole follows one that was not: the file is damaged
 */
export async function readChanges(path: string): Promise<readonly Change[]> {
  await (await open(path, "a")).close();
  const changes: Change[] = [];
  let good = 0;
  let torn = false;
  for await (const { line, bytes } of linesOf(path)) {
    const change = changeOf(line);
    if (change && torn)
      throw new LoomError(
        "store_unavailable",
        `The migrator's journal is damaged at byte ${good}: ${path}`,
      );
    if (change) {
      changes.push(change);
      good += bytes;
    } else torn = true;
  }
  if (torn) await truncate(path, good);
  return changes;
}

async function* linesOf(path: string): AsyncGenerator<{ line: string; bytes: number }> {
  let rest = Buffer.alloc(0);
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    rest = Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      yield { line: rest.toString("utf8", 0, end), bytes: end + 1 };
      rest = rest.subarray(end + 1);
    }
  }
  if (rest.length > 0) yield { line: "", bytes: rest.length };
}

function changeOf(line: string): Change | undefined {
  try {
    return JSON.parse(line) as Change;
  } catch {
    return undefined;
  }
}

import type { CandidateFilter, CandidateRecord } from "@loom/core";
import { type Commands, scriptOf } from "../client/client.ts";
import type { MigrationKeys } from "../client/keys.ts";
import { STATUS_CODES, STEP_CODES } from "../codec/codes.ts";
import type { Index } from "./scan.ts";

/** @returns how many members each index has with its prefix */
const MEASURE = scriptOf(
  "measure",
  `local sizes = {}
  for n, key in ipairs(KEYS) do
    if ARGV[n] == '' then
      sizes[n] = redis.call('ZCARD', key)
    else
      sizes[n] = redis.call('ZLEXCOUNT', key, '[' .. ARGV[n], '(' .. ARGV[n] .. '\\255')
    end
  end
  return sizes`,
);

/** The indexes to search, the smallest first; none when every candidate may match, `null` when no candidate can. */
export async function indexesOf(
  commands: Commands,
  keys: MigrationKeys,
  { status, stepStatus, kind }: CandidateFilter,
): Promise<readonly Index[] | null> {
  if (stepStatus !== undefined && status !== undefined && status !== "running") return null;
  const indexes: Index[] = [];
  if (stepStatus !== undefined) indexes.push({ key: keys.steps, prefix: STEP_CODES[stepStatus] });
  else if (status !== undefined)
    indexes.push({ key: keys.status(STATUS_CODES[status]), prefix: "" });
  if (kind !== undefined)
    indexes.push({ key: keys.kinds, prefix: `${Buffer.byteLength(kind)}:${kind}` });
  return indexes.length < 2 ? indexes : smallestFirst(commands, indexes);
}

async function smallestFirst(commands: Commands, indexes: readonly Index[]): Promise<Index[]> {
  const where = indexes.map(({ key }) => key);
  const prefixes = indexes.map(({ prefix }) => prefix);
  const sizes = (await commands.run(MEASURE, where, prefixes)) as number[];
  const sized = indexes.map((index, n) => ({ index, size: Number(sizes[n]) }));
  return sized.toSorted((a, b) => a.size - b.size).map(({ index }) => index);
}

/** What is left to check: of an id, and of a record that may have moved since its id was found. */
export function matcherOf({ status, stepStatus, kind, q }: CandidateFilter): {
  readonly mayMatch: (id: string) => boolean;
  readonly matches: (record: CandidateRecord) => boolean;
} {
  const text = q?.toLowerCase();
  return {
    mayMatch: (id) => text === undefined || id.toLowerCase().includes(text),
    matches: (record) =>
      (status === undefined || record.status === status) &&
      (kind === undefined || record.candidate.kind === kind) &&
      (stepStatus === undefined || stepOf(record) === stepStatus),
  };
}

function stepOf({ status, run }: CandidateRecord): string | undefined {
  return status === "running" ? run?.currentStep?.status : undefined;
}

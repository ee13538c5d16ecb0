import type { CandidateRecord, CurrentStep, RunSummary, StringMap } from "@loom/core";
import { unpackCandidate } from "./candidate.ts";
import { DELIVERY_CODES, PHASE_CODES, wordOf } from "./codes.ts";
import { fromJson, toStableJson } from "./json.ts";
import { unpackPosition } from "./position.ts";
import { unpackTime } from "./time.ts";

/**
 * The fields of a candidate's hash. Texts are cut into numbered pieces (`c0`, `c1`, …) of up to 64 bytes: as long as every
 * field is that small, Redis keeps the whole hash in one compact block.
 */
export type CandidateHash = Readonly<Record<string, string>>;

/** What is stored of inputs. */
export function packInputs(inputs: StringMap): string {
  const text = toStableJson(inputs);
  return text === "{}" ? "" : text;
}

/** The record in a hash; `null` for an empty hash, which is none. */
export function unpackRecord(id: string, hash: CandidateHash): CandidateRecord | null {
  const { s: position, u: updatedAt = "", k: kind } = hash;
  if (position === undefined) return null;
  const inputs = textIn(hash, "i");
  const run = unpackSummary(hash);
  return {
    candidate: unpackCandidate(id, kind, textIn(hash, "c")),
    ...unpackPosition(position),
    updatedAt: unpackTime(updatedAt),
    inputs: inputs === "" ? {} : (fromJson(inputs) as StringMap),
    ...(run && { run }),
  };
}

/** The summary of the latest started attempt, if there is one. */
export function unpackSummary(hash: CandidateHash): RunSummary | undefined {
  const { r: attempt, p: phase, d: delivery, b: claimedAt = "" } = hash;
  if (attempt === undefined) return undefined;
  const step = textIn(hash, "w");
  return {
    attempt: Number(attempt),
    phase: wordOf(PHASE_CODES, phase),
    delivery: wordOf(DELIVERY_CODES, delivery),
    claimedAt: unpackTime(claimedAt),
    ...(step !== "" && { currentStep: fromJson(step) as CurrentStep }),
  };
}

/** A hash as a script returns it: names and values by turns. */
export function hashOf(flat: readonly string[]): CandidateHash {
  const hash: Record<string, string> = {};
  for (let at = 0; at + 1 < flat.length; at += 2) hash[flat[at] ?? ""] = flat[at + 1] ?? "";
  return hash;
}

function textIn(hash: CandidateHash, name: string): string {
  let text = hash[`${name}0`] ?? "";
  if (text === "") return text;
  for (let n = 1, piece = hash[`${name}1`]; piece !== undefined; piece = hash[`${name}${++n}`])
    text += piece;
  return text;
}

import type { Candidate, CandidateRecord, CurrentStep, RunSummary, StringMap } from "@loom/core";
import { DELIVERY_CODES, PHASE_CODES, STATUS_CODES, wordOf } from "./codes.ts";
import { fromJson, toStableJson } from "./json.ts";
import { unpackTime } from "./time.ts";

/**
 * The fields of a candidate's hash. Texts are cut into numbered pieces (`c0`, `c1`, …) of up to 64 bytes: as long as every
 * field is that small, Redis keeps the whole hash in one compact block.
 */
export type CandidateHash = Readonly<Record<string, string>>;

/** What is stored of a candidate's data as one text; nothing for one with an id (and a kind) only. */
export function packCandidate(candidate: Candidate): string {
  const { id: _, kind: __, ...data } = candidate;
  return packObject(data);
}

/** What is stored of inputs. */
export function packInputs(inputs: StringMap): string {
  return packObject(inputs);
}

/** The record in a hash; `null` for an empty hash, which is none. */
export function unpackRecord(id: string, hash: CandidateHash): CandidateRecord | null {
  const { s: status, a: attempt, u: updatedAt = "", k: kind } = hash;
  if (status === undefined) return null;
  const run = unpackSummary(hash);
  return {
    candidate: { id, ...(kind !== undefined && { kind }), ...textIn(hash, "c", {}) },
    status: wordOf(STATUS_CODES, status),
    attempt: Number(attempt),
    updatedAt: unpackTime(updatedAt),
    inputs: textIn<StringMap>(hash, "i", {}),
    ...(run && { run }),
  };
}

/** The summary of the latest started attempt, if there is one. */
export function unpackSummary(hash: CandidateHash): RunSummary | undefined {
  const { r: attempt, p: phase, d: delivery, b: claimedAt = "" } = hash;
  if (attempt === undefined) return undefined;
  const currentStep = textIn<CurrentStep | undefined>(hash, "w", undefined);
  return {
    attempt: Number(attempt),
    phase: wordOf(PHASE_CODES, phase),
    delivery: wordOf(DELIVERY_CODES, delivery),
    claimedAt: unpackTime(claimedAt),
    ...(currentStep && { currentStep }),
  };
}

/** A hash as a script returns it: names and values by turns. */
export function hashOf(flat: readonly string[]): CandidateHash {
  const hash: Record<string, string> = {};
  for (let at = 0; at + 1 < flat.length; at += 2) hash[flat[at] ?? ""] = flat[at + 1] ?? "";
  return hash;
}

function packObject(value: object): string {
  const text = toStableJson(value);
  return text === "{}" ? "" : text;
}

function textIn<T>(hash: CandidateHash, name: string, absent: T): T {
  const pieces: string[] = [];
  for (let piece = hash[`${name}0`]; piece !== undefined; piece = hash[`${name}${pieces.length}`])
    pieces.push(piece);
  return pieces.length === 0 ? absent : (fromJson(pieces.join("")) as T);
}

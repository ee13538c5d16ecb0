import type { Expectation, StatusChange } from "@loom/core";
import type { Argument } from "../client/client.ts";
import type { MigrationKeys } from "../client/keys.ts";
import { STATUS_CODES } from "./codes.ts";
import { packHistory } from "./history.ts";
import { toJson } from "./json.ts";
import { packManifest } from "./manifest.ts";
import { packPosition } from "./position.ts";
import { packInputs } from "./record.ts";
import { packTime } from "./time.ts";
import { packToken } from "./token.ts";
import { packView } from "./view.ts";

/** Stands for inputs that a change leaves alone. */
const UNCHANGED = "-";
/** Stands for whatever inputs there are. */
const ANY = "-";
const NO_CLAIM = { text: "", digest: "", plan: "" };

/** Whether a change begins, ends or shows no run: most of the script, its keys and its arguments can be left out then. */
export function isMove({ from, to, claim, progress, cancelled }: StatusChange): boolean {
  return from.status !== "running" && to.status !== "running" && !claim && !progress && !cancelled;
}

/** A change without its run, as scripts read it. */
export function packMove(change: StatusChange): readonly Argument[] {
  const { candidateId, token, from, to, at, inputs, history } = change;
  return [
    candidateId,
    packToken(token),
    packPosition(from),
    packPosition(to),
    packTime(at),
    packHistory(history),
    inputs ? packInputs(inputs) : UNCHANGED,
    packExpected(from),
  ];
}

/** A whole change as scripts read it. */
export function packChange(change: StatusChange): readonly Argument[] {
  const { to, claim, cancelled, progress } = change;
  const { text, digest, plan } = claim ? packManifest(claim) : NO_CLAIM;
  const ended = cancelled ? toJson(cancelled) : "";
  return [...packMove(change), to.attempt, text, digest, plan, ended, ...packView(progress)];
}

/** The inputs that must stand, as they are stored. */
export function packExpected({ inputs }: Expectation): string {
  return inputs ? packInputs(inputs) : ANY;
}

/** The keys of a change without its run, as its script numbers them. */
export function moveKeys(keys: MigrationKeys, change: StatusChange): readonly string[] {
  const { candidateId, from, to } = change;
  return [
    keys.candidate(candidateId),
    keys.status(STATUS_CODES[from.status]),
    keys.status(STATUS_CODES[to.status]),
    keys.history,
  ];
}

/** The keys of a whole change. */
export function changeKeys(keys: MigrationKeys, change: StatusChange): readonly string[] {
  const { candidateId: id } = change;
  const ofRun = [keys.view(id), keys.steps, keys.manifest(id), keys.cancelled, keys.plans];
  return [...moveKeys(keys, change), ...ofRun];
}

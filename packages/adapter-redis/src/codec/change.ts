import type { Expectation, StatusChange } from "@loom/core";
import type { Argument } from "../client/client.ts";
import type { MigrationKeys } from "../client/keys.ts";
import { viewKeys } from "../lua/views.ts";
import { STATUS_CODES } from "./codes.ts";
import { toJson } from "./json.ts";
import { packManifest } from "./manifest.ts";
import { packInputs } from "./record.ts";
import { packTime } from "./time.ts";
import { packToken } from "./token.ts";
import { packView } from "./view.ts";

/** Stands for inputs that a change leaves alone. */
const UNCHANGED = "-";
/** Stands for whatever inputs there are. */
const ANY = "-";
const NO_CLAIM = { text: "", digest: "", plan: "" };

/** A change as scripts read it. */
export function packChange(change: StatusChange): readonly Argument[] {
  const { token, from, to, at, inputs, claim, history, cancelled, progress } = change;
  const { text, digest, plan } = claim ? packManifest(claim) : NO_CLAIM;
  return [
    packToken(token),
    STATUS_CODES[from.status],
    from.attempt,
    STATUS_CODES[to.status],
    to.attempt,
    packTime(at),
    packExpected(from),
    inputs ? packInputs(inputs) : UNCHANGED,
    text,
    digest,
    plan,
    toJson(history),
    cancelled ? toJson(cancelled) : "",
    ...packView(progress),
  ];
}

/** The inputs that must stand, as they are stored. */
export function packExpected({ inputs }: Expectation): string {
  return inputs ? packInputs(inputs) : ANY;
}

/** The keys of a change, as its script numbers them. */
export function changeKeys(keys: MigrationKeys, change: StatusChange): readonly string[] {
  const { candidateId: id, from, to } = change;
  return [
    ...viewKeys(keys, id),
    keys.manifest(id),
    keys.status(STATUS_CODES[from.status]),
    keys.status(STATUS_CODES[to.status]),
    keys.history,
    keys.cancelled,
    keys.plans,
  ];
}

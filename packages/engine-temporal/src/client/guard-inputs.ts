import type { StringMap } from "@loom/core";
import { LoomError } from "@loom/core/errors";
import { isRoomForInputs, MOST_INPUT_BYTES } from "../room.ts";

/** Refuses more inputs than a run has room for. @throws LoomError `payload_too_large` */
export function guardInputs(inputs: StringMap): void {
  if (isRoomForInputs(inputs)) return;
  throw new LoomError(
    "payload_too_large",
    `inputs: those of a run in Temporal take at most ${MOST_INPUT_BYTES} bytes of JSON together; shorten them, or give a URL of what is long.`,
  );
}

import { LoomError } from "@loom/core";

/** A limit that is one: what is not a number, such as a variable that is not set, bounds nothing. @throws LoomError `invalid_configuration` */
export function positive(name: string, value: number): number {
  if (value > 0) return value;
  throw new LoomError("invalid_configuration", `${name}: must be more than 0.`);
}

import { inject } from "vitest";
import type { GivenTemporal } from "./temporal.ts";

/** What the global setup of this test run has made. */
export function given(): GivenTemporal {
  return { ...inject("temporal"), bundlePath: inject("bundlePath") };
}

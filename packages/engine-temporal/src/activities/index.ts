import type { EngineHost } from "@loom/core";
import { LoomError } from "@loom/core/errors";
import type { LoomActivities } from "../protocol.ts";
import { dispatch } from "./dispatch.ts";

export type { LoomActivities } from "../protocol.ts";

/** What the activities take of an engine: the Loom that it was given to. */
export interface HostedEngine {
  /** @throws LoomError `invalid_configuration` before `createLoom` has been called with the engine */
  host(): EngineHost;
}

const NO_ENGINE = "createLoomActivities: engine: give what createTemporalEngine has made.";

/**
 * The activities of Loom, to be registered beside those of the worker that they join. They use the Loom of this process: call
 * `createLoom` with the same engine, and with the store and secrets that all processes of this Loom share. It need not be opened.
 *
 * @throws LoomError `invalid_configuration` for what is no engine
 * @example
 * await Worker.create({ ...mine, activities: { ...myActivities, ...createLoomActivities(engine) } });
 */
export function createLoomActivities(engine: HostedEngine): LoomActivities {
  if (typeof engine?.host !== "function") throw new LoomError("invalid_configuration", NO_ENGINE);
  return {
    loomDispatch: (input) => dispatch(engine.host(), input),
    loomWrite: ({ manifest, command }) => engine.host().write(manifest, command),
  };
}

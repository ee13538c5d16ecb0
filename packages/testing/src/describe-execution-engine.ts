import { cancelLaws } from "./engine/cancelling.ts";
import { dispatchLaws } from "./engine/dispatching.ts";
import { eventLaws } from "./engine/events.ts";
import { type EngineSuiteOptions, engineTestOf } from "./engine/fixture.ts";
import { processLaws } from "./engine/processes.ts";
import type { Runner } from "./runner.ts";

const LAWS = {
  dispatches: dispatchLaws,
  events: eventLaws,
  cancels: cancelLaws,
  processes: processLaws,
};

/**
 * Declares the tests that every engine must pass for the port `ExecutionEngine`, whole. They drive it as `createLoom` does,
 * through an `EngineHost` over a store, and take the part of the migrators.
 *
 * @param name names the engine in titles
 */
export function describeExecutionEngine(
  runner: Runner,
  name: string,
  options: EngineSuiteOptions,
): void {
  const { capabilities = {} } = options;
  for (const [subject, declare] of Object.entries(LAWS))
    runner.describe(`ExecutionEngine ${name}: ${subject}`, () =>
      declare(runner, engineTestOf(runner, options), capabilities),
    );
}

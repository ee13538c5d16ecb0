import type { EngineHost } from "@loom/core";
import { LoomError } from "@loom/core/errors";
import { setupFaultOf } from "./refusals.ts";

/**
 * Asks Temporal once. A client that can never work is refused; a server that is away for now is not, for it comes back.
 *
 * @throws LoomError `invalid_configuration`
 */
export async function checkSetup(
  { logger }: EngineHost,
  namespace: string,
  ping: () => Promise<void>,
): Promise<void> {
  try {
    await ping();
  } catch (error) {
    const fault = setupFaultOf(error, namespace);
    if (fault !== undefined) throw new LoomError("invalid_configuration", fault, { cause: error });
    logger.warn({ err: error }, "Temporal does not answer yet; runs go on when it does");
  }
}

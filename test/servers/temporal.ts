import { type EphemeralServerExecutable, TestWorkflowEnvironment } from "@temporalio/testing";
import { findTemporalProgram } from "./temporal-program.ts";

/** A Temporal server of a test run. */
export interface TemporalServer {
  readonly address: string;
  readonly namespace: string;
  stop(): Promise<void>;
}

const REMEDY =
  "name a server in TEMPORAL_ADDRESS, put the temporal command on the PATH, or install Go 1.25 or later";

/** After so many events the server suggests to continue as new: it would take very many to come to its own limit. */
const CONTINUE_AS_NEW_AT = 100;

const LOG = { level: "error", format: "json" } as const;

/** The server that `TEMPORAL_ADDRESS` names, else one of our own. */
export async function useTemporal(): Promise<TemporalServer> {
  const { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace = "default" } = process.env;
  return address ? { address, namespace, stop: async () => {} } : startTemporal();
}

/**
 * A server of one's own, on 127.0.0.1 and a free port, which keeps nothing: by the `temporal` command that there is, else by
 * the one that the SDK downloads.
 *
 * @throws Error that says what would bring a server
 */
export async function startTemporal({
  continueAsNewAt = CONTINUE_AS_NEW_AT,
} = {}): Promise<TemporalServer> {
  const suggestion = `limit.historyCount.suggestContinueAsNew=${continueAsNewAt}`;
  const extraArgs = ["--dynamic-config-value", suggestion, "--output", "none"];
  try {
    const environment = await TestWorkflowEnvironment.createLocal({
      server: { executable: executable(), extraArgs, log: LOG },
    });
    const { address } = environment;
    return { address, namespace: "default", stop: () => environment.teardown() };
  } catch (cause) {
    throw new Error(`Temporal could not be started: ${REMEDY}.`, { cause });
  }
}

function executable(): EphemeralServerExecutable {
  const path = findTemporalProgram();
  return path ? { type: "existing-path", path } : { type: "cached-download" };
}

import type { MigrationManifest } from "@loom/core";
import { LoomError } from "@loom/core/errors";
import type { Client } from "@temporalio/client";
import type { SearchAttributePair } from "@temporalio/common";

/** How runs are hosted in Temporal. Times in seconds. */
export interface TemporalEngineOptions {
  /** The host's own client: its connection, namespace, data converter and interceptors are used as they are. */
  readonly client: Client;
  /** Where the workers with Loom's workflow and activities listen. */
  readonly taskQueue: string;
  /** What a run's execution can be searched by in Temporal; the attributes must be registered in the namespace. None when absent. */
  readonly searchAttributes?: (manifest: MigrationManifest) => SearchAttributePair[];
  /** How long one request to Temporal may take, its repetitions included. 15 when absent. */
  readonly requestSeconds?: number;
  /** How long a start waits for the close of the attempt before it, whose end is already written. 15 when absent. */
  readonly closeSeconds?: number;
  /** After so long without a sign of life from its worker, a dispatch is given to another one. 20 when absent. */
  readonly heartbeatSeconds?: number;
  /** The most that one call to a migrator may take, Loom's own reads and writes included. 120 when absent. */
  readonly callSeconds?: number;
}

/** The options with their defaults. */
export type Settings = TemporalEngineOptions & Times;

type Times = Readonly<Record<keyof typeof DEFAULTS, number>>;

const DEFAULTS = { requestSeconds: 15, closeSeconds: 15, heartbeatSeconds: 20, callSeconds: 120 };
/** The least that the server counts in, and far more than any call takes. */
const LEAST_SECONDS = 0.001;
const MOST_SECONDS = 86_400;

/** With any of these wrong, runs would begin that no worker could go on with. @throws LoomError `invalid_configuration` */
export function settingsOf(options: TemporalEngineOptions): Settings {
  const { client, taskQueue, searchAttributes } = options;
  if (typeof client?.workflow?.getHandle !== "function")
    throw misconfigured("client: give a Client of @temporalio/client");
  if (typeof taskQueue !== "string" || taskQueue.trim() === "")
    throw misconfigured("taskQueue: name the task queue that Loom's workers listen on");
  if (searchAttributes !== undefined && typeof searchAttributes !== "function")
    throw misconfigured("searchAttributes: give a function that makes them of a manifest");
  return { ...options, ...timesOf(options) };
}

function timesOf(options: TemporalEngineOptions): Times {
  const { requestSeconds, closeSeconds, heartbeatSeconds, callSeconds } = options;
  return {
    requestSeconds: secondsOf("requestSeconds", requestSeconds),
    // a start need not wait for a close
    closeSeconds: closeSeconds === 0 ? 0 : secondsOf("closeSeconds", closeSeconds),
    heartbeatSeconds: secondsOf("heartbeatSeconds", heartbeatSeconds),
    callSeconds: secondsOf("callSeconds", callSeconds),
  };
}

function secondsOf(name: keyof Times, given: number | undefined): number {
  const seconds = given ?? DEFAULTS[name];
  const isTime = typeof seconds === "number" && seconds >= LEAST_SECONDS && seconds <= MOST_SECONDS;
  if (isTime) return seconds;
  throw misconfigured(`${name}: must be a number of seconds, more than 0 and at most a day`);
}

/** The error for what somebody has put together in a way that cannot work. */
export function misconfigured(what: string): LoomError {
  return new LoomError("invalid_configuration", `The Temporal engine: ${what}.`);
}

import { randomUUID } from "node:crypto";
import { Client, type ClientOptions, Connection } from "@temporalio/client";
import { NativeConnection } from "@temporalio/worker";
import { quietRuntime } from "./runtime.ts";

/** What the test run has started and made. */
export interface GivenTemporal {
  readonly address: string;
  readonly namespace: string;
  /** Loom's workflow, bundled. */
  readonly bundlePath: string;
}

/** Recorded histories name nobody's machine. */
export const IDENTITY = "loom-test";

/** How a test file reaches the server. */
export interface Temporal {
  readonly given: GivenTemporal;
  readonly client: Client;
  readonly bundlePath: string;
  clientWith(options: Partial<ClientOptions>): Client;
  /** A connection for one worker: two of one process and queue cannot share one. */
  connectWorker(): Promise<NativeConnection>;
  close(): Promise<void>;
}

export async function connectTemporal(given: GivenTemporal): Promise<Temporal> {
  const { address, namespace, bundlePath } = given;
  quietRuntime();
  const connection = await Connection.connect({ address });
  const clientWith = (options: Partial<ClientOptions>): Client =>
    new Client({ connection, namespace, identity: IDENTITY, ...options });
  return {
    client: clientWith({}),
    given,
    bundlePath,
    clientWith,
    connectWorker: () => NativeConnection.connect({ address }),
    close: () => connection.close(),
  };
}

/** A task queue of its own, so that tests share a server. */
export function newQueue(): string {
  return `loom-${randomUUID()}`;
}

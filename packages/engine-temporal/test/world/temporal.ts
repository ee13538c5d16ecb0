import { randomUUID } from "node:crypto";
import { Client, type ClientOptions, Connection } from "@temporalio/client";
import { DefaultLogger, NativeConnection, Runtime } from "@temporalio/worker";
import { inject } from "vitest";

/** How a test file reaches the server. */
export interface Temporal {
  readonly client: Client;
  readonly bundlePath: string;
  clientWith(options: Partial<ClientOptions>): Client;
  /** A connection for one worker: two of one process and queue cannot share one. */
  connectWorker(): Promise<NativeConnection>;
  close(): Promise<void>;
}

export async function connectTemporal(): Promise<Temporal> {
  Runtime.install({ logger: new DefaultLogger("ERROR"), shutdownSignals: [] });
  const { address, namespace } = inject("temporal");
  const connection = await Connection.connect({ address });
  const clientWith = (options: Partial<ClientOptions>): Client =>
    new Client({ connection, namespace, ...options });
  return {
    client: clientWith({}),
    bundlePath: inject("bundlePath"),
    clientWith,
    connectWorker: () => NativeConnection.connect({ address }),
    close: () => connection.close(),
  };
}

/** A task queue of its own, so that tests share a server. */
export function newQueue(): string {
  return `loom-${randomUUID()}`;
}

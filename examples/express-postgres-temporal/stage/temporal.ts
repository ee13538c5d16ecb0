import { randomBytes } from "node:crypto";
import { Client, Connection } from "@temporalio/client";
import { msToTs } from "@temporalio/common/lib/time.js";
import { useTemporal } from "../../../test/servers/temporal.ts";
import type { Closing } from "../../../test/stage/closing.ts";

/** Where the platform's Temporal is, and a client of it for the example itself. */
export interface Temporal {
  readonly address: string;
  readonly namespace: string;
  readonly client: Client;
}

/** How long Temporal remembers what is over; no server takes less than a day. */
const RETENTION = "1 day";

/**
 * The server that `TEMPORAL_ADDRESS` names, or one of our own. In a server that is there already we make a namespace of our
 * own: two Looms must not share one.
 */
export async function openTemporal(closing: Closing): Promise<Temporal> {
  const server = await useTemporal();
  closing.add(() => server.stop());
  const { address } = server;
  const connection = await Connection.connect({ address });
  closing.add(() => connection.close());
  const { TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE } = process.env;
  const isShared = Boolean(TEMPORAL_ADDRESS) && !TEMPORAL_NAMESPACE;
  const namespace = isShared ? await makeNamespace(connection, closing) : server.namespace;
  return { address, namespace, client: new Client({ connection, namespace }) };
}

async function makeNamespace(connection: Connection, closing: Closing): Promise<string> {
  const namespace = `loom-example-${randomBytes(4).toString("hex")}`;
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: msToTs(RETENTION),
  });
  closing.add(async () => {
    await connection.operatorService.deleteNamespace({ namespace });
  });
  return namespace;
}

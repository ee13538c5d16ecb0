import { Connection } from "@temporalio/client";
import pg from "pg";

/** The names of the databases of a server. */
export async function databasesIn(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ datname: string }>("SELECT datname FROM pg_database");
  await client.end();
  return rows.map(({ datname }) => datname).toSorted();
}

/** The names of the example's namespaces that a Temporal has. */
export async function namespacesIn(address: string): Promise<string[]> {
  const connection = await Connection.connect({ address });
  const { namespaces } = await connection.workflowService.listNamespaces({});
  await connection.close();
  const names = (namespaces ?? []).map(({ namespaceInfo }) => namespaceInfo?.name ?? "");
  return names.filter((name) => name.startsWith("loom-example-"));
}

import type { TestProject } from "vitest/node";
import { usePostgres } from "../../../test/servers/postgres.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where the Postgres of this test run is. */
    readonly postgresUrl: string;
  }
}

let stop: () => Promise<void> = async () => {};

export async function setup(project: TestProject): Promise<void> {
  const server = await usePostgres();
  stop = server.stop;
  project.provide("postgresUrl", server.url);
}

export async function teardown(): Promise<void> {
  await stop();
}

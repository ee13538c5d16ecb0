import type { TestProject } from "vitest/node";
import { usePostgres } from "./postgres.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where the Postgres of this test run is. */
    readonly postgresUrl: string;
  }
}

/** One Postgres for all tests of a folder, whose `test/global-setup.ts` hands this on to Vitest. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await usePostgres();
  project.provide("postgresUrl", server.url);
  return server.stop;
}

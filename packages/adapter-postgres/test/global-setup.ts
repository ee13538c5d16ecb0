import type { TestProject } from "vitest/node";
import { usePostgres } from "../../../test/servers/postgres.ts";

declare module "vitest" {
  interface ProvidedContext {
    readonly postgresUrl: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { url, stop } = await usePostgres();
  project.provide("postgresUrl", url);
  return stop;
}

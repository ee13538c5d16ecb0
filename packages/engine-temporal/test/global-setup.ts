import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { bundleFromSource } from "./world/bundler.ts";
import { type TemporalServer, useTemporal } from "../../../test/servers/temporal.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where the Temporal server of this test run is. */
    readonly temporal: Pick<TemporalServer, "address" | "namespace">;
    /** Loom's workflow, bundled once for all workers. */
    readonly bundlePath: string;
  }
}

let server: TemporalServer | undefined;
const folder = mkdtempSync(join(tmpdir(), "loom-temporal-"));

export async function setup(project: TestProject): Promise<void> {
  const bundlePath = join(folder, "workflows.js");
  const [started, code] = await Promise.all([useTemporal(), bundleFromSource()]);
  server = started;
  writeFileSync(bundlePath, code);
  project.provide("temporal", { address: server.address, namespace: server.namespace });
  project.provide("bundlePath", bundlePath);
}

export async function teardown(): Promise<void> {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
}

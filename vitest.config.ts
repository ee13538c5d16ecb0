import { existsSync, globSync } from "node:fs";
import { defaultServerConditions } from "vite";
import { defineConfig } from "vitest/config";
import { PATIENCE_MS } from "./test/patience.ts";

const TESTS = ["src/**/*.test.ts", "test/**/*.test.ts"];

/** A folder is a project as soon as it holds a test, so no list has to be kept. */
const folders = [".", ...globSync(["packages/*", "examples/*"]).toSorted()].filter(
  (folder) => globSync(TESTS, { cwd: folder }).length > 0,
);

const project = (folder: string) => ({
  ssr: { resolve: { conditions: ["@loom/source", ...defaultServerConditions] } },
  test: {
    name: folder === "." ? "tools" : folder.replace(/^packages\//, ""),
    root: folder,
    include: TESTS,
    pool: "forks" as const,
    // a limit is for what hangs, not for what a busy machine does slowly
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: PATIENCE_MS } },
    // where a package starts the servers that its tests need
    globalSetup: ["test/global-setup.ts"].filter((file) => existsSync(`${folder}/${file}`)),
  },
});

export default defineConfig({
  test: {
    projects: folders.map(project),
    coverage: {
      provider: "v8",
      reporter: ["text", "json-summary"],
      include: ["packages/*/src/**/*.ts"],
      exclude: ["**/*.test.ts"],
      thresholds: {
        lines: 80,
        "packages/core/src/**": { lines: 85, branches: 80 },
      },
    },
  },
});

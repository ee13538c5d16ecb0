import { existsSync, globSync } from "node:fs";
import { defaultServerConditions } from "vite";
import { defineConfig } from "vitest/config";

const TESTS = ["src/**/*.test.ts", "test/**/*.test.ts"];

/** A folder is a project as soon as it holds a test, so no list has to be kept. */
const folders = [".", ...globSync(["packages/*", "examples/*"])].filter(
  (folder) => existsSync(`${folder}/package.json`) && globSync(TESTS, { cwd: folder }).length > 0,
);

const project = (folder: string) => ({
  ssr: { resolve: { conditions: ["@loom/source", ...defaultServerConditions] } },
  test: {
    name: folder === "." ? "root" : folder.replace(/^packages\//, ""),
    root: folder,
    include: TESTS,
    pool: "forks" as const,
  },
});

export default defineConfig({
  test: {
    projects: folders.map(project),
    coverage: { provider: "v8", include: ["packages/*/src/**/*.ts"], exclude: ["**/*.test.ts"] },
  },
});

import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const TEMPORAL = "packages/engine-temporal/src";

/** `[file, import, the rule it breaks or null]`: every import stands in a file of its own. */
const CASES: [folder: string, statement: string, rule: string | null][] = [
  ["packages/core/src", 'import "zod"', null],
  ["packages/core/src", 'import "undici"', "core-imports"],
  ["packages/core/src", 'import "node:fs"', "core-imports"],
  ["packages/core/src/domain", 'import "../run/index.ts"', "core-domain-imports"],
  ["packages/core/src/run", 'import type { x } from "../domain/step.ts"', null],
  ["packages/core/src/run", 'import { x } from "../domain/step.ts"', "core-run-types-only"],
  ["packages/core/src/run", 'import "zod"', "core-run-imports"],
  ["packages/core/src/run", 'import "../errors.ts"', "core-run-imports"],
  ["packages/core/src/run", 'import type { x } from "../errors.ts"', "core-run-imports"],
  ["packages/core/src/guards", 'import { x } from "../errors.ts"', null],
  ["packages/core/src/guards", 'import "../run/index.ts"', "core-guards-imports"],
  ["packages/core/src/ports", 'import type { x } from "../run/index.ts"', null],
  ["packages/core/src/ports", 'import { x } from "../run/index.ts"', "core-ports-types-only"],
  ["packages/core/src/ports", 'import "../guards/index.ts"', "core-ports-imports"],
  ["packages/core/src/use-cases", 'import { x } from "../guards/index.ts"', null],
  ["packages/core/src/use-cases", 'import "../wire/index.ts"', "core-use-cases-imports"],
  ["packages/core/src/effects", 'import { x } from "../ports/index.ts"', null],
  ["packages/core/src/effects", 'import "../guards/index.ts"', "core-effects-imports"],
  ["packages/core/src/wire", 'import { x } from "../domain/step.ts"', null],
  ["packages/core/src/wire", 'import "../run/index.ts"', "core-wire-imports"],
  ["packages/local/src", 'import { x } from "@loom/core"', null],
  ["packages/local/src", 'import "@loom/http"', "packages-import-core"],
  ["packages/local/src", 'import "../../core/src/index.ts"', "packages-by-name"],
  ["packages/local/src", 'import "@loom/testing"', "testing-is-for-tests"],
  ["packages/local/test", 'import "@loom/testing"', null],
  ["packages/local/src", 'import "nowhere"', "no-unresolvable"],
  ["packages/local/src", 'import "zod"', "no-undeclared-dependency"],
  ["packages/migrator-sdk/src", 'import { x } from "@loom/core/wire"', null],
  ["packages/migrator-sdk/src", 'import "@loom/core"', "migrator-sdk-imports-wire-and-errors"],
  ["packages/adapter-a/src", 'import "@loom/adapter-b"', "adapters-and-engines-stand-alone"],
  ["packages/adapter-a/src", 'import "@loom/migrator-sdk"', "packages-import-core"],
  ["packages/adapter-a/src/migrator", 'import type { x } from "@loom/migrator-sdk"', null],
  ["packages/adapter-a/src/migrator", 'import "@loom/migrator-sdk"', "migrator-store-types-only"],
  [`${TEMPORAL}/client`, 'import "@temporalio/client"', null],
  [`${TEMPORAL}/client`, 'import { x } from "@loom/core"', null],
  [`${TEMPORAL}/client`, 'import "@temporalio/worker"', "temporal-client-imports"],
  [
    `${TEMPORAL}/client`,
    'import type { x } from "@temporalio/activity"',
    "temporal-client-imports",
  ],
  [`${TEMPORAL}/client`, 'import "../activities/index.ts"', "temporal-client-imports"],
  [`${TEMPORAL}/workflows`, 'import "@temporalio/workflow"', null],
  [`${TEMPORAL}/workflows`, 'import { x } from "@loom/core/run"', null],
  [`${TEMPORAL}/workflows`, 'import { x } from "../protocol.ts"', null],
  [`${TEMPORAL}/workflows`, 'import type { x } from "@loom/core"', null],
  [`${TEMPORAL}/workflows`, 'import { x } from "@loom/core"', "temporal-workflows-types-only"],
  [`${TEMPORAL}/workflows`, 'import "@temporalio/client"', "temporal-workflows-imports"],
  [`${TEMPORAL}/workflows`, 'import "node:fs"', "temporal-workflows-imports"],
  [`${TEMPORAL}/workflows`, 'import "../client/index.ts"', "temporal-workflows-imports"],
  [`${TEMPORAL}/activities`, 'import "@temporalio/activity"', null],
  [`${TEMPORAL}/activities`, 'import "@temporalio/worker"', "temporal-activities-imports"],
  [`${TEMPORAL}/activities`, 'import "../worker/index.ts"', "temporal-activities-imports"],
  [`${TEMPORAL}/worker`, 'import "../activities/index.ts"', null],
  ["packages/testing/src", 'import "@loom/migrator-sdk"', null],
  ["packages/testing/src", 'import "@loom/http"', "testing-imports"],
];

const ADAPTERS = ["adapter-a", "adapter-b", "engine-temporal"];
const PACKAGES = ["core", "local", "http", "migrator-sdk", "testing", ...ADAPTERS];
const IN_CORE = ["domain/step", "run/index", "guards/index", "ports/index", "wire/index", "errors"];
const IN_TEMPORAL = ["protocol", "client/index", "activities/index", "worker/index"];
const SDK = ["client", "worker", "workflow", "activity"].map((name) => `@temporalio/${name}`);
const OTHERS = ["zod", "undici", ...SDK];

const folder = mkdtempSync(join(tmpdir(), "loom-import-rules-"));
const fileOf = (index: number) => `${CASES[index]?.[0]}/case-${index}.ts`;
const broken = new Map<string, string[]>();

function write(file: string, text: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
}

function writeWorkspace(): void {
  write("package.json", JSON.stringify({ private: true, workspaces: ["packages/*"] }));
  mkdirSync(join(folder, "node_modules/@loom"), { recursive: true });
  for (const name of PACKAGES) {
    const exports = {
      ".": "./src/index.ts",
      "./wire": "./src/wire/index.ts",
      "./run": "./src/run/index.ts",
    };
    const dependencies = Object.fromEntries(PACKAGES.map((other) => [`@loom/${other}`, "*"]));
    if (name === "core") Object.assign(dependencies, { zod: "*", undici: "*" });
    if (name === "engine-temporal") for (const part of SDK) dependencies[part] = "*";
    write(`packages/${name}/package.json`, JSON.stringify({ exports, dependencies }));
    write(`packages/${name}/src/index.ts`, "export const x = 1;");
    symlinkSync(`../../packages/${name}`, join(folder, "node_modules/@loom", name));
  }
  for (const name of OTHERS) write(`node_modules/${name}/index.js`, "");
  for (const name of IN_CORE) write(`packages/core/src/${name}.ts`, "export const x = 1;");
  for (const name of IN_TEMPORAL) write(`${TEMPORAL}/${name}.ts`, "export const x = 1;");
  CASES.forEach(([, statement], index) => write(fileOf(index), `${statement};`));
}

type Cruise = { summary: { violations: { from: string; rule: { name: string } }[] } };

beforeAll(async () => {
  writeWorkspace();
  const depcruise = resolve("node_modules/dependency-cruiser/bin/dependency-cruiser.mjs");
  const report = join(folder, "report.json");
  const config = resolve(".dependency-cruiser.mjs");
  const args = [depcruise, "--config", config, "-T", "json", "-f", report, "packages"];
  await promisify(execFile)(process.execPath, args, { cwd: folder });
  const { summary } = JSON.parse(readFileSync(report, "utf8")) as Cruise;
  for (const { from, rule } of summary.violations) {
    broken.set(from, [...(broken.get(from) ?? []), rule.name]);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

CASES.forEach(([place, statement, rule], index) => {
  test(`${place}: ${statement} ${rule ? `breaks ${rule}` : "is fine"}`, () => {
    const rules = broken.get(fileOf(index)) ?? [];
    const named = rule === null ? rules : rules.filter((name) => name === rule);
    expect(named).toEqual(rule === null ? [] : [rule]);
  });
});

import { globSync, readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { fileURLToPath } from "node:url";
import { createContext, runInContext } from "node:vm";
import type { BundleOptions } from "@temporalio/worker";
import { bundleWorkflowCode, DefaultLogger } from "@temporalio/worker";
import { beforeAll, describe, expect, test } from "vitest";
import type { RunEvent } from "../src/run/events.ts";
import { wholeRun } from "./fixtures/run-workflow.ts";
import {
  AT,
  cancelled,
  compensable,
  doing,
  plan,
  reported,
  retried,
  settled,
  undoing,
} from "./run/events.ts";

const RUN = fileURLToPath(new URL("../src/run/", import.meta.url));
const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const WORKFLOW = fileURLToPath(new URL("./fixtures/run-workflow.ts", import.meta.url));
const ABSENT = ["structuredClone", "crypto", "performance", "queueMicrotask", "Buffer", "process"];
const FORBIDDEN = new RegExp(
  `\\b(${ABSENT.join("|")}|Date\\.now|new Date|Math\\.random|setTimeout)\\b`,
);
const MODULE_HEAD = /^\/\*\*\*\/ "(.+)"/m;
const COMMENTS = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm;

const sources = globSync("*.ts", { cwd: RUN }).filter((file) => !file.endsWith(".test.ts"));

/** Every step completes but the last, which fails, is retried, fails and is undone with the first. */
const manifest = plan(compensable("a"), "b", { ...compensable("c"), timeoutSeconds: 60 });
const events: readonly RunEvent[] = [
  reported(doing("a"), "open", { metadata: { prUrl: "u" }, eventId: "e1" }),
  settled(doing("a")),
  reported(doing("a"), "merged"),
  settled(doing("b"), "exhausted", { error: "503" }),
  retried(doing("b")),
  settled(doing("b", 2)),
  reported(doing("b", 2), "completed"),
  { type: "timer_fired", call: doing("c"), at: AT },
  { type: "inputs_updated", attempt: 2, inputs: { zone: "us" }, at: AT },
  cancelled({ compensate: true }),
  settled(doing("c")),
  settled(undoing("c")),
  reported(undoing("c"), "completed"),
  settled(undoing("a"), "refused"),
  cancelled({ compensate: false }),
];

describe("the run machine's own files", () => {
  test.each(sources)("%s imports nothing at run time but its neighbours", (file) => {
    const code = stripTypeScriptTypes(readFileSync(`${RUN}${file}`, "utf8"));
    const imported = [...code.matchAll(/\bfrom\s*"([^"]+)"/g)].map(([, from]) => from ?? "");
    expect(imported.filter((from) => !sources.includes(from.replace(/^\.\//, "")))).toEqual([]);
    expect(code).not.toMatch(/\b(import|require)\s*\(|^import\s*"/m);
  });

  test("are all there", () => {
    expect(sources).toEqual(expect.arrayContaining(["index.ts", "machine.ts", "state.ts"]));
  });
});

describe("the workflow bundle of the run machine", () => {
  let code = "";
  let modules = new Map<string, string>();

  beforeAll(async () => {
    ({ code } = await bundleWorkflowCode(bundleOptions()));
    modules = modulesOf(code);
  }, 120_000);

  test("holds the machine and nothing else of Loom", () => {
    const ours = [...modules.keys()].filter((name) => name.includes("/packages/core/src/"));
    expect(ours.length).toBeGreaterThan(5);
    expect(ours.filter((name) => !name.includes("/packages/core/src/run/"))).toEqual([]);
    expect([...modules.keys()].filter((name) => name.includes("zod"))).toEqual([]);
  });

  test("uses nothing that a workflow sandbox lacks or that is not the same at each replay", () => {
    const ours = [...modules].filter(([name]) => name.includes("/packages/core/"));
    expect(ours.length).toBeGreaterThan(5);
    const offending = ours.filter(([, text]) => FORBIDDEN.test(text.replace(COMMENTS, "")));
    expect(offending.map(([name]) => name)).toEqual([]);
  });

  test("runs a whole run in a bare context as it does here", async () => {
    const context = createContext({
      __webpack_module_cache__: {},
      args: JSON.stringify([manifest, AT, events]),
    });
    for (const name of ABSENT) expect(runInContext(`typeof ${name}`, context)).toBe("undefined");
    runInContext(code, context);
    const call = "__TEMPORAL__.importWorkflows().wholeRun(...JSON.parse(args))";
    const result: string = await runInContext(call, context);
    expect(result).toBe(await wholeRun(manifest, AT, events));
    expect(JSON.parse(result)).toMatchObject({
      state: { phase: "finished", outcome: "cancelled" },
    });
  });
});

function bundleOptions(): BundleOptions {
  return {
    workflowsPath: WORKFLOW,
    logger: new DefaultLogger("ERROR"),
    webpackConfigHook: (config) => ({
      ...config,
      context: ROOT,
      devtool: false,
      resolve: { ...config.resolve, conditionNames: ["@loom/source", "..."] },
    }),
  };
}

/** The modules of a webpack bundle: text by path. */
function modulesOf(code: string): Map<string, string> {
  const parts = code.split(/^(?=\/\*\*\*\/ "\.)/m).slice(1);
  return new Map(parts.map((part) => [MODULE_HEAD.exec(part)?.[1] ?? "", part]));
}

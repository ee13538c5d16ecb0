import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { DeterminismViolationError } from "@temporalio/workflow";
import { Worker } from "@temporalio/worker";
import { beforeAll, describe, expect, inject, test, vi } from "vitest";
import { SCENARIOS } from "./golden/scenarios.ts";
import { quietRuntime } from "./world/runtime.ts";
import { TEST_TIMEOUT_MS } from "./world/patience.ts";

vi.setConfig({ testTimeout: TEST_TIMEOUT_MS, hookTimeout: TEST_TIMEOUT_MS });
beforeAll(() => quietRuntime());

const files = globSync("golden/histories/*.json", { cwd: import.meta.dirname }).toSorted();
const historyOf = (file: string): unknown =>
  JSON.parse(readFileSync(join(import.meta.dirname, file), "utf8"));
const bundled = () => readFileSync(inject("bundlePath"), "utf8");

function replay(file: string, code: string): Promise<void> {
  return Worker.runReplayHistory({ workflowBundle: { code } }, historyOf(file), basename(file));
}

describe("runs that began under an earlier version of the workflow", () => {
  test.each(files)("%s is replayed by today's workflow, command by command", async (file) => {
    await expect(replay(file, bundled())).resolves.toBeUndefined();
  });

  test("every way of going that is written down has been recorded", () => {
    const recorded = files.map((file) => basename(file, ".json"));
    expect(recorded).toEqual(expect.arrayContaining(Object.keys(SCENARIOS)));
  });

  test.each(PLANTED())("a workflow that %s breaks %s, and that is seen", async (_, name, edit) => {
    const code = edit(bundled());
    expect(code).not.toBe(bundled());
    const replayed = replay(`golden/histories/${name}.json`, code);
    await expect(replayed).rejects.toBeInstanceOf(DeterminismViolationError);
  });
});

/** Changes that a maintainer might make in good faith. */
function PLANTED(): [what: string, history: string, edit: (code: string) => string][] {
  return [
    ["renames an activity", "completed", replacing("loomDispatch", "loomDeliver")],
    ["tells the memo more", "compensated", replacing('phase: "cancelling"', "phaze: 1")],
    ["tells the memo nothing", "given-up", replacing(/\(0, ?\w+\.upsertMemo\)/g, "(() => {})")],
    ["sets no timer", "completed", replacing('case "set_timer"', 'case "no_timer"')],
    ["takes one event at a time", "reported-in-a-crowd", replacing("loomEvents", "loomReports")],
    ["writes no end", "completed", replacing("if (finish)", "if (finish && false)")],
  ];
}

function replacing(from: string | RegExp, to: string): (code: string) => string {
  return (code) => code.replaceAll(from, to);
}

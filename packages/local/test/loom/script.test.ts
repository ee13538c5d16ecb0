import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const SCRIPT = fileURLToPath(new URL("script.ts", import.meta.url));

test("a script that does nothing but wait for Loom gets its answer, and then ends", async () => {
  const args = ["--conditions=@loom/source", SCRIPT];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  expect(stdout).toBe("chart-upgrade__billing 1");
});

import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { NativeConnection } from "@temporalio/worker";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { findTemporalProgram } from "./servers/temporal-program.ts";
import { useTemporal } from "./servers/temporal.ts";

const CACHED = "cache/loom/temporal-1.5.1/temporal";
let folder: string;
const at = (name: string): string => join(folder, name);

/** Puts a program there, which is a shell script. */
function put(name: string, script = ""): string {
  mkdirSync(dirname(at(name)), { recursive: true });
  writeFileSync(at(name), `#!/bin/sh\n${script}\n`);
  chmodSync(at(name), 0o755);
  return at(name);
}

/** A Go of some version that notes when it builds. */
function putGo(version: string, build = 'cp "$0" "$GOBIN/temporal"'): void {
  put("path/go", `PATH=/bin:/usr/bin; if [ "$1" = env ]; then echo ${version}; else ${build}; fi`);
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "loom-temporal-program-"));
  vi.stubEnv("PATH", at("path"));
  vi.stubEnv("XDG_CACHE_HOME", at("cache"));
  vi.spyOn(console, "log").mockReturnValue();
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

describe("the temporal command", () => {
  test("is the one on the PATH, before one that was built", () => {
    put(CACHED);
    const program = put("path/temporal");
    expect(findTemporalProgram()).toBe(program);
  });

  test("is not what is merely called so", () => {
    mkdirSync(at("path/temporal"), { recursive: true });
    mkdirSync(at("other"));
    writeFileSync(at("other/temporal"), "");
    vi.stubEnv("PATH", `${at("path")}:${at("other")}`);
    expect(findTemporalProgram()).toBe(undefined);
  });

  test("is built by Go where there is none, once", () => {
    putGo("go1.25.3");
    expect(findTemporalProgram()).toBe(at(CACHED));
    expect(readdirSync(dirname(at(CACHED)))).toEqual(["temporal"]);
    putGo("go1.25.3", "exit 1");
    expect(findTemporalProgram()).toBe(at(CACHED));
    expect(console.log).toHaveBeenCalledTimes(1);
  });

  test("is not built by a Go that is too old", () => {
    putGo("go1.24.9");
    expect(findTemporalProgram()).toBe(undefined);
  });

  test("is left to the SDK where Go cannot build it, and half of it is not left behind", () => {
    const warned = vi.spyOn(console, "warn").mockReturnValue();
    putGo("go1.26.0", 'cp "$0" "$GOBIN/temporal"; exit 1');
    expect(findTemporalProgram()).toBe(undefined);
    expect(readdirSync(dirname(at(CACHED)))).toEqual([]);
    expect(String(warned.mock.lastCall)).toContain("Go could not build");
  });
});

describe("the Temporal of a test run", () => {
  test("is the one that TEMPORAL_ADDRESS names, and is left running", async () => {
    vi.unstubAllEnvs();
    const started = await useTemporal();
    vi.stubEnv("TEMPORAL_ADDRESS", started.address);
    vi.stubEnv("TEMPORAL_NAMESPACE", "platform");
    const used = await useTemporal();
    expect(used).toMatchObject({ address: started.address, namespace: "platform" });
    await used.stop();
    await (await NativeConnection.connect({ address: started.address })).close();
    await started.stop();
  });

  test("is an error that says what would bring one, where there is none and nothing can be downloaded", async () => {
    const program = join(import.meta.dirname, "servers/temporal.ts");
    const script = `const { startTemporal } = await import(${JSON.stringify(program)});
      await startTemporal().catch(({ message }) => console.log(message));
      process.exit();`;
    const nowhere = "http://127.0.0.1:1";
    const env = {
      PATH: at("path"),
      XDG_CACHE_HOME: at("cache"),
      TMPDIR: folder,
      HTTPS_PROXY: nowhere,
      https_proxy: nowhere,
    };
    const args = ["--input-type=module", "--eval", script];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    for (const remedy of ["TEMPORAL_ADDRESS", "temporal command on the PATH", "Go 1.25"])
      expect(stdout).toContain(remedy);
  });
});

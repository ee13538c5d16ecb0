import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, inject, test, vi } from "vitest";
import { ENDINGS, type Ending, playDemo } from "../../../test/played/play.ts";
import { startProgram } from "../../../test/servers/program.ts";

vi.setConfig({ testTimeout: 300_000 });

const file = (path: string) => new URL(path, import.meta.url);

test("one command shows the whole of it, can be asked afterwards, and ends well only when all is proved", async () => {
  const demo = await startProgram(file("../main.ts"), { DATABASE_URL: inject("postgresUrl") }, [
    "--keep",
  ]);
  await demo.logged(/Ctrl-C ends it/);
  const log = demo.log();
  expect(log).toContain("a viewer starts           403");
  expect(log).toContain("ledger fails: The manifest has no node.canary");
  expect(log).toContain("The service is killed at once: SIGKILL.");
  expect(log).toContain("told to end: exit code 0.");
  expect(log.match(/^ {2}[✓✗].*$/gm)).toEqual([
    "  ✓ 5 services run on Node 24, and nothing else of their manifests has changed",
    "  ✓ search is, byte for byte, what it was",
    "  ✓ each change was asked for once, though the service was killed and replaced meanwhile",
    "  ✓ every change was merged, but for the one that was taken back",
    "  ✓ each step was done at the first try, but for the one that failed",
    "  ✓ who cancelled what, and why, is written down",
  ]);
  const [, token = "", url = ""] = /'authorization: (\S+ \S+)' (\S+upgrade)$/m.exec(log) ?? [];
  const answer = await fetch(url, { headers: { authorization: token } });
  expect(await answer.json()).toMatchObject({ counts: { completed: 5, notStarted: 1 } });
  expect(await demo.end("SIGINT")).toBe(0);
});

test.each(Object.entries<Ending>(ENDINGS))(
  "a demo with a Postgres of its own that is ended before it is over leaves no file and no process behind: by %s",
  async (_, end) => {
    const visit = { at: "The service is at", end };
    const environment = { DATABASE_URL: "" };
    const played = await playDemo(file("../main.ts"), [], { visit, environment });
    expect(played.stderr).toBe("Interrupted\n");
    expect(played).toMatchObject({ exitCode: 1, leftovers: [], survivors: [] });
  },
);

test.each(["service", "migrator"])(
  "without its environment the %s says what is missing, and starts nothing",
  (name) => {
    const { status, stderr } = spawnSync(
      process.execPath,
      ["--conditions=@loom/source", fileURLToPath(file(`../${name}/main.ts`))],
      { env: { PATH: process.env["PATH"], PORT: "a-secret-port" }, encoding: "utf8" },
    );
    expect(status).toBe(1);
    expect(stderr).toContain("The environment is not as it should be");
    expect(stderr).toContain("DATABASE_URL");
    expect(stderr).not.toContain("a-secret-port");
  },
);

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, inject, test, vi } from "vitest";
import { ENDINGS, type Ending, playDemo } from "../../../test/played/play.ts";
import { startProgram } from "../../../test/servers/program.ts";
import { hasRedis } from "./support/world.ts";

vi.setConfig({ testTimeout: 300_000 });

const file = (path: string) => new URL(path, import.meta.url);

function run(path: string, env: NodeJS.ProcessEnv) {
  return spawnSync(process.execPath, ["--conditions=@loom/source", fileURLToPath(file(path))], {
    env,
    encoding: "utf8",
  });
}

test.runIf(hasRedis)(
  "one command shows the whole of it, can be asked afterwards, and ends well only when all is proved",
  async () => {
    const demo = await startProgram(file("../main.ts"), { REDIS_URL: inject("redisUrl") }, [
      "--keep",
    ]);
    await demo.logged(/Ctrl-C ends it/);
    const log = demo.log();
    expect(log).toContain("a viewer starts               403");
    expect(log).toContain("shop/orders.v2.json is new");
    expect(log).toContain("The service is killed at once: SIGKILL.");
    expect(log).toContain("told to end: exit code 0.");
    expect(log).toContain("The topic has consumers.");
    expect(log.match(/^ {2}[✓✗].*$/gm)).toEqual([
      "  ✓ 4 topics have their new name, with every byte of their definition and every consumer; the old ones are gone",
      "  ✓ users is what it was",
      "  ✓ each topic was made once, though the service was killed and replaced meanwhile",
      "  ✓ each step was done at the first try, but for the one that failed",
      "  ✓ who cancelled what, and why, is written down",
    ]);
    const [, token = "", url = ""] = /'authorization: (\S+ \S+)' (\S+rename)$/m.exec(log) ?? [];
    const answer = await fetch(url, { headers: { authorization: token } });
    expect(await answer.json()).toMatchObject({ counts: { completed: 4, notStarted: 1 } });
    expect(await demo.end("SIGINT")).toBe(0);
  },
);

test.runIf(hasRedis).each(Object.entries<Ending>(ENDINGS))(
  "a demo with a Redis of its own that is ended before it is over leaves no file and no process behind: by %s",
  async (_, end) => {
    const visit = { at: "The service is at", end };
    const environment = { REDIS_URL: "" };
    const played = await playDemo(file("../main.ts"), [], { visit, environment });
    expect(played.stderr).toBe("Interrupted\n");
    expect(played).toMatchObject({ exitCode: 1, leftovers: [], survivors: [] });
  },
);

test("where there is no Redis it says how to get one", () => {
  const { status, stderr } = run("../main.ts", { PATH: "" });
  expect(status).toBe(1);
  expect(stderr).toContain("Set REDIS_URL");
  expect(stderr).toContain("apt-get install redis-server");
});

test.each(["service", "migrator"])(
  "without its environment the %s says what is missing, and starts nothing",
  (name) => {
    const { status, stderr } = run(`../${name}/main.ts`, { PORT: "a-secret-port" });
    expect(status).toBe(1);
    expect(stderr).toContain("The environment is not as it should be");
    expect(stderr).toContain("REDIS_URL");
    expect(stderr).not.toContain("a-secret-port");
  },
);

import { beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { usePostgres } from "../../../test/servers/postgres.ts";
import { byKill, ENDINGS, type Played } from "../../../test/played/play.ts";
import { useTemporal } from "../../../test/servers/temporal.ts";
import { until } from "../story/until.ts";
import { type Answer, curl, curlLines } from "./support/curl.ts";
import { factsIn, play } from "./support/play.ts";
import { databasesIn, namespacesIn } from "./support/servers.ts";

// a limit is for what hangs: each play starts a Postgres, a Temporal and four processes
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

/** Servers that are there already. */
async function giveServers() {
  const [postgres, temporal] = await Promise.all([usePostgres(), useTemporal()]);
  onTestFinished(async () => {
    await Promise.all([postgres.stop(), temporal.stop()]);
  });
  const environment = { DATABASE_URL: postgres.url, TEMPORAL_ADDRESS: temporal.address };
  return { postgres, temporal, environment };
}

const LATE = "registered-late";

describe("the example", () => {
  let played: Played;
  let answers: readonly Answer[];
  let registered: Answer[];

  beforeAll(async () => {
    const pay = async (stdout: string) => {
      const lines = curlLines(stdout);
      answers = await Promise.all(lines.map((line) => curl(line)));
      registered = await register(lines);
    };
    played = await play(["--candidates", "5", "--keep"], {
      visit: { at: "Ctrl-C ends it", pay },
    });
  });

  /** As the operator, as the viewer and as a stranger; then waits for the platform's own workflow. */
  async function register(lines: readonly string[]): Promise<Answer[]> {
    const catalogue = lines.find((line) => line.endsWith("/services")) ?? "";
    const viewer = /'authorization: ([^']+)'/.exec(lines.at(-1) ?? "")?.[1] ?? "";
    const body = JSON.stringify({ name: LATE, team: "platform" });
    const post = (headers: Record<string, string>) =>
      curl(catalogue, {
        method: "POST",
        body,
        headers: { "content-type": "application/json", ...headers },
      });
    const refused = [await post({}), await post({ authorization: viewer })];
    const [, operator = ""] = /'authorization: ([^']+)'/.exec(catalogue) ?? [];
    const taken = await post({ authorization: operator });
    await until(LATE, async () => JSON.stringify((await curl(catalogue)).json).includes(LATE));
    return [...refused, taken];
  }

  test("kills its worker in mid-run, and ends well only after proving that nothing was lost or done twice", () => {
    expect(played.stderr).toBe("");
    expect(played.stdout).toContain("3 wait for their roll-out; 2 are in the middle of a call.");
    expect(played.stdout).toMatch(/kill -9 \d+: the worker is gone, in the middle of 2 calls/);
    expect(factsIn(played.stdout)).toEqual([
      "  ✓ 5 candidates are completed, and there is no other",
      "  ✓ 15 steps were done, each once and in order, by the migrator's own record",
      "  ✓ 5 executions in Temporal began on the killed worker, and were completed by the other",
      "  ✓ 2 calls that died with the worker were made again, each under its own id",
      "  ✓ the platform's own workflow went on as well: latecomer is in its catalogue",
      "  ✓ nobody started a run who may not",
    ]);
    expect(played.stdout).toContain("All of it is true.");
    expect(played.exitCode).toBe(0);
  });

  test("can be asked with the lines that it prints, and knows a viewer from an operator", () => {
    const [migration, steps, history, catalogue, startByViewer] = answers;
    expect(migration?.json).toMatchObject({ counts: { completed: 5, running: 0 } });
    expect(steps?.json).toMatchObject({ status: "completed", steps: [{}, {}, {}] });
    expect(JSON.stringify(history?.json)).toContain("olivia@platform.example");
    expect(JSON.stringify(catalogue?.json)).toContain("latecomer");
    expect(startByViewer).toMatchObject({ status: 403, json: { code: "forbidden" } });
  });

  test("goes on with the platform's own routes, roles and workflow beside Loom's", () => {
    expect(registered.map(({ status }) => status)).toEqual([401, 403, 202]);
  });

  test("leaves no file and no process behind when it is told to end", () => {
    expect(played).toMatchObject({ leftovers: [], survivors: [] });
  });
});

describe("an example that is told to end in mid-run", () => {
  test("leaves no file and no process behind", async () => {
    const visit = { at: "in the middle of a call" };
    const played = await play(["--candidates", "3"], { visit });
    expect(played.stderr.trim()).toBe("Interrupted");
    expect(played).toMatchObject({ exitCode: 1, leftovers: [], survivors: [] });
  });

  test.each(["closing the terminal", "a reader of its output who goes away"] as const)(
    "nor does it by %s",
    async (way) => {
      const visit = { at: "Its worker is process", end: ENDINGS[way] };
      const played = await play(["--candidates", "3"], { visit });
      expect(played.stderr).toBe("Interrupted\n");
      expect(played).toMatchObject({ exitCode: 1, leftovers: [], survivors: [] });
    },
  );

  test("nor by kill -9 of the one that began it, but for the servers that it was given", async () => {
    const { environment } = await giveServers();
    const visit = { at: "The migrator", end: byKill };
    const played = await play(["--candidates", "3"], { visit, environment });
    expect(played).toMatchObject({ leftovers: [], survivors: [] });
  });
});

describe("the check", () => {
  test("reports what was done twice", async () => {
    const { exitCode, stdout } = await play(["--candidates", "3", "--sabotage", "twice"]);
    expect(factsIn(stdout).filter((fact) => fact.includes("✗"))).toEqual([
      "  ✗ 9 steps were done, each once and in order, by the migrator's own record",
    ]);
    expect(stdout).toContain('catalog: expected ["issue-key","roll-out","revoke-old-key"], found');
    expect(exitCode).toBe(1);
  });

  test("reports a run that was lost, also on servers that are there already, which it leaves as they were", async () => {
    const { postgres, temporal, environment } = await giveServers();
    const before = await databasesIn(postgres.url);
    const flags = ["--candidates", "3", "--sabotage", "terminate"];
    const { exitCode, stdout } = await play(flags, { environment });
    expect(factsIn(stdout).filter((fact) => fact.includes("✗"))).toEqual([
      "  ✗ 3 candidates are completed, and there is no other",
      "  ✗ 9 steps were done, each once and in order, by the migrator's own record",
      "  ✗ 3 executions in Temporal began on the killed worker, and were completed by the other",
    ]);
    expect(stdout).toContain('catalog: expected "COMPLETED", found "TERMINATED"');
    expect(exitCode).toBe(1);
    expect(await databasesIn(postgres.url)).toEqual(before);
    expect(await namespacesIn(temporal.address)).toEqual([]);
  });
});

describe("the command line", () => {
  test("says which flag is wrong, and starts nothing", async () => {
    const { exitCode, stdout, stderr } = await play(["--candidates", "two"]);
    expect(stderr).toContain("--candidates takes a number from 3 to 200, not 'two'");
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
  });

  test("prints help", async () => {
    const { exitCode, stdout } = await play(["--help"]);
    expect(stdout).toContain("--keep");
    expect(exitCode).toBe(0);
  });
});

import { beforeAll, describe, expect, test, vi } from "vitest";
import { byKill, ENDINGS, type Ending, type Played } from "../../../test/played/play.ts";
import { factsIn, play } from "./support/play.ts";

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

describe("the example", () => {
  let played: Played;
  beforeAll(async () => {
    played = await play(["--candidates", "4"]);
  });

  test("ends well only after proving every fact", () => {
    expect(played.stderr).toBe("");
    expect(factsIn(played.stdout)).toEqual([
      "  ✓ 4 services have a chart of their own, with every value that they had before",
      "  ✓ 11 Applications point to it, and are otherwise what they were",
      "  ✓ 37 files changed in 6 repositories, and no other one",
      "  ✓ 19 pull requests were merged, each by one merge commit of its branch",
      "  ✓ 13 commits were pushed to main beside them, each one announced by a step",
      "  ✓ no branch is left over",
      "  ✓ billing-api: its commits are, byte for byte, what the dry-run had shown",
      "  ✓ checkout: the pull request of the cancelled attempt was closed and never merged",
    ]);
    expect(played.stdout).toContain("All of it is true.");
    expect(played.exitCode).toBe(0);
  });

  test("shows the dry-run as unified diffs", () => {
    expect(played.stdout).toContain("+++ acme/billing-api/chart/Chart.yaml\n    @@ -0,0 +1,8 @@\n");
    expect(played.stdout).toContain("    -      chart: generic-service\n");
    expect(played.stdout).toContain("    +    path: chart\n");
  });

  test("shows the step that fails and is retried", () => {
    expect(played.stdout).toContain("✗ catalog: verify-dev failed: it runs 1.5.0-rc.1");
    expect(played.stdout).toMatch(/^catalog +completed +12 +5 +1 +1 /m);
  });

  test("shows the cancelled candidate that is started again at once", () => {
    expect(played.stdout).toContain("checkout: cancelled while migrate-dev was open");
    expect(played.stdout).toMatch(
      /refused (once|\d+ times) as run_closing, then accepted as attempt 2/,
    );
    expect(played.stdout).toMatch(/^checkout +completed +12 +5 +0 +2 /m);
  });

  test("approves reviews over HTTP by plain run id", () => {
    expect(played.stdout).toContain("POST /event/app-chart-migration__fraud-check");
  });

  test("runs a candidate by the plan that it brought", () => {
    expect(played.stdout).toMatch(/^fraud-check +completed +9 +4 +0 +1 /m);
  });

  test("prints plain lines where there is no terminal", () => {
    expect(played.stdout).not.toContain("\u001b");
  });

  test("leaves no file and no process behind", () => {
    expect(played).toMatchObject({ leftovers: [], survivors: [] });
  });
});

describe("the check", () => {
  test("reports a wrong file", async () => {
    const { exitCode, stdout } = await play(["--candidates", "3", "--sabotage", "wrong-file"]);
    const [charts, ...others] = factsIn(stdout);
    expect(charts).toContain("✗ 3 services have a chart of their own");
    expect(stdout).toContain("acme/billing-api chart/values-prod.yaml\n        expected {");
    expect(others.filter((fact) => fact.includes("✗"))).toEqual([
      "  ✗ billing-api: its commits are, byte for byte, what the dry-run had shown",
    ]);
    expect(exitCode).toBe(1);
  });

  test("reports a missing merge", async () => {
    const { exitCode, stdout } = await play(["--candidates", "3", "--sabotage", "missing-merge"]);
    const merges = "acme/gitops merge commits\n        expected [ 'billing-api: clean-up' ]";
    expect(stdout).toContain(`${merges}\n        found    nothing`);
    expect(factsIn(stdout).filter((fact) => fact.includes("✗"))).toEqual([
      "  ✗ 9 Applications point to it, and are otherwise what they were",
      "  ✗ 30 files changed in 5 repositories, and no other one",
      "  ✗ 15 pull requests were merged, each by one merge commit of its branch",
      "  ✗ billing-api: its commits are, byte for byte, what the dry-run had shown",
    ]);
    expect(exitCode).toBe(1);
  });
});

describe("an example that is kept", () => {
  test("can be asked with the lines that it prints, until Ctrl-C ends it", async () => {
    const answers: unknown[] = [];
    const ask = async (stdout: string) => {
      const [, token = "", url = ""] = /'authorization: (\S+ \S+)' (\S+)$/m.exec(stdout) ?? [];
      const answer = await fetch(url, { headers: { authorization: token } });
      answers.push(await answer.json());
    };
    const visit = { at: "Ctrl-C ends it", pay: ask, end: ENDINGS["Ctrl-C"] };
    const played = await play(["--candidates", "3", "--keep"], visit);
    expect(answers).toMatchObject([{ id: "app-chart-migration", counts: { completed: 3 } }]);
    expect(played).toMatchObject({ exitCode: 0, leftovers: [], survivors: [] });
  });
});

describe("an example that is ended before it is over", () => {
  test.each(Object.entries<Ending>(ENDINGS))(
    "leaves no file and no process behind: by %s",
    async (_, end) => {
      const played = await play(["--candidates", "3"], { at: "announced", end });
      expect(played.stderr).toBe("Interrupted\n");
      expect(played).toMatchObject({ exitCode: 1, leftovers: [], survivors: [] });
    },
  );

  test("leaves no file and no process behind: by kill -9 of the one that began it", async () => {
    const played = await play(["--candidates", "3"], { at: "announced", end: byKill });
    expect(played).toMatchObject({ leftovers: [], survivors: [] });
  });

  test("says nothing of the dry-run that was under way", async () => {
    const visit = { at: "Dry-run of", end: ENDINGS["Ctrl-C"] };
    const { stderr } = await play(["--candidates", "3"], visit);
    expect(stderr).toBe("Interrupted\n");
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

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { lockDatabase } from "../src/embedded/lock.ts";
import type { LockAnswer, LockDeed } from "./lock-process.ts";

const SCRIPT = new URL("./lock-process.ts", import.meta.url);

describe("processes that want the folder of an embedded Postgres", () => {
  const children: ChildProcess[] = [];
  const folders: string[] = [];
  let killed: string;

  beforeAll(async () => {
    killed = await mkdtemp(join(tmpdir(), "loom-lock-"));
    await contender()({ take: killed });
    const [child] = children;
    child?.kill("SIGKILL");
    if (child) await once(child, "exit");
  });
  afterAll(() => rm(killed, { recursive: true }));
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
    for (const dir of folders.splice(0)) await rm(dir, { recursive: true });
  });

  async function folder(): Promise<string> {
    const dir = await mkdtemp(join(tmpdir(), "loom-lock-"));
    folders.push(dir);
    return dir;
  }

  function contender(dieAt = 0): (deed: LockDeed) => Promise<LockAnswer | "died"> {
    const child = fork(SCRIPT, [String(dieAt)], { execArgv: ["--conditions=@loom/source"] });
    children.push(child);
    const death = once(child, "exit").then(() => "died" as const);
    return (deed) => {
      const answered = once(child, "message").then(([answer]) => answer as LockAnswer);
      child.send(deed);
      return Promise.race([answered, death]);
    };
  }

  /** A folder whose lock is of a process that was killed while it had it. */
  async function leftBehind(): Promise<string> {
    const dir = await folder();
    await cp(killed, dir, { recursive: true });
    return dir;
  }

  test("get the one of a killed process one at a time", { timeout: 120_000 }, async () => {
    const contenders = Array.from({ length: 4 }, () => contender());
    for (let round = 0; round < 5; round++) {
      const dir = await leftBehind();
      for (let turn = 0; turn < 5; turn++) {
        const answers = await Promise.all(contenders.map((ask) => ask({ take: dir })));
        expect(answers.toSorted()).toEqual(["held", "refused", "refused", "refused"]);
        await contenders[answers.indexOf("held")]?.({ release: true });
      }
    }
  });

  test("leave it behind when they are killed while they have it", async () => {
    expect(await readdir(await leftBehind())).toEqual(["loom.lock.1"]);
    expect(await contender()({ take: await leftBehind() })).toBe("held");
  });

  test("leave it to the next wherever they are killed while they take it", {
    timeout: 120_000,
  }, async () => {
    let deaths = 0;
    for (let dieAt = 1; deaths === dieAt - 1; dieAt++) {
      const dir = await leftBehind();
      if ((await contender(dieAt)({ take: dir })) !== "died") continue;
      deaths++;
      const lock = await lockDatabase(dir);
      await lock.hold();
      expect((await readdir(dir)).filter((name) => /draft/.test(name))).toEqual([]);
      await lock.release();
    }
    // At least: find the last, read it, write a draft, link it, remove the draft, look again, clear.
    expect(deaths).toBeGreaterThanOrEqual(7);
  });
});

import { fork } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { takeTurns, tryToOpen } from "./support/lock-contender.ts";

const CHILD = fileURLToPath(new URL("support/contend.ts", import.meta.url));

const contender = (...args: readonly string[]) =>
  fork(CHILD, args, { execArgv: ["--conditions=@loom/source"] });

/** A process that takes turns in each folder it is given: it answers, or it ends. */
function turnTaker(): (dir: string) => Promise<unknown> {
  const child = contender();
  onTestFinished(() => void child.kill("SIGKILL"));
  const end = once(child, "exit");
  return async (dir) => {
    child.send(dir);
    const [answer] = await Promise.race([once(child, "message"), end]);
    return answer;
  };
}

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "loom-lock-"));
  await once(contender(join(root, "killed")), "exit");
});
afterAll(() => rm(root, { recursive: true }));

/** A folder as a process left it that was killed while it had it. */
async function leftBehind(): Promise<string> {
  const dir = await mkdtemp(join(root, "copy-"));
  await cp(join(root, "killed"), dir, { recursive: true });
  return dir;
}

test("the killed process left its lock", async () => {
  expect(await readdir(await leftBehind())).toContain("lock.1");
});

const times = <T>(count: number, make: () => Promise<T>) => Array.from({ length: count }, make);

test("of many that find a killed holder's lock at once one gets the folder, each time", async () => {
  for (let round = 0; round < 40; round += 1) {
    const dir = await leftBehind();
    const stores = await Promise.all(times(20, () => tryToOpen(dir)));
    const winners = stores.filter((store) => store !== undefined);
    expect(winners).toHaveLength(1);
    for (const winner of winners) await winner.close();
  }
}, 60_000);

test("of many that take turns, after a holder that was killed, no two have the folder at once", async () => {
  for (let round = 0; round < 10; round += 1) {
    const dir = await leftBehind();
    const turns = await Promise.all(times(8, () => takeTurns(dir, 3)));
    expect(turns).toEqual(turns.map(() => 3));
  }
}, 60_000);

test("of processes that take turns, after one that was killed, no two have the folder at once", async () => {
  const takers = Array.from({ length: 4 }, turnTaker);
  for (let round = 0; round < 10; round += 1) {
    const dir = await leftBehind();
    const answers = await Promise.all(takers.map((take) => take(dir)));
    expect(answers).toEqual(["done", "done", "done", "done"]);
  }
}, 60_000);

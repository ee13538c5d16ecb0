import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lockFolder } from "./lock.ts";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "loom-lock-"));
});
afterEach(() => rm(dir, { recursive: true }));

const heldBy = (pid: number, began: string | null) =>
  writeFile(join(dir, "loom.lock.7"), JSON.stringify({ pid, began }));

const REFUSED = { code: "invalid_configuration", message: expect.stringMatching(/is in use/) };

test("lets one in, and the next when it has left", async () => {
  const lock = await lockFolder(dir);
  await expect(lockFolder(dir)).rejects.toMatchObject(REFUSED);
  await lock.release();
  const next = await lockFolder(dir);
  expect(await readdir(dir)).toEqual(["loom.lock.2"]);
  await next.release();
  await lockFolder(dir);
});

test("lets one of many in", async () => {
  const locks = await Promise.allSettled(Array.from({ length: 20 }, () => lockFolder(dir)));
  expect(locks.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

test("lets one of many in after a process that is gone", async () => {
  await heldBy(2 ** 22 + 1, null);
  const locks = await Promise.allSettled(Array.from({ length: 20 }, () => lockFolder(dir)));
  expect(locks.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

test("takes over from an earlier process that had the id of this one", async () => {
  await heldBy(process.pid, "1");
  await lockFolder(dir);
  expect(await readdir(dir)).toEqual(["loom.lock.8"]);
});

test("lets nobody in while the process that has it lives", async () => {
  await heldBy(process.ppid, null);
  await expect(lockFolder(dir)).rejects.toMatchObject(REFUSED);
});

test("takes over what a crash left half written", async () => {
  await writeFile(join(dir, "loom.lock.7"), '{"id":');
  await lockFolder(dir);
  expect(await readdir(dir)).toEqual(["loom.lock.8"]);
});

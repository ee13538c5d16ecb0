import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Holder, self } from "./folder-lock/holder.ts";
import { lockDatabase } from "./lock.ts";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "loom-lock-"));
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(dir, { recursive: true });
});

const pathOf = (number: number) => join(dir, `loom.lock.${number}`);
/** Writes a lock of this machine, but for what is given. */
const heldBy = async (holder: Partial<Holder>) =>
  writeFile(pathOf(7), JSON.stringify({ ...(await self()), ...holder }));
/** A process in another container: only its signs of life tell whether it runs. */
const OUT_OF_SIGHT = { space: "pid:[1]" };
const MANY = Array.from({ length: 20 });

const REFUSED = { code: "invalid_configuration", message: expect.stringMatching(/is in use/) };

test("lets one in, and the next when it has left", async () => {
  const lock = await lockDatabase(dir);
  await lock.hold();
  await expect(lockDatabase(dir)).rejects.toMatchObject(REFUSED);
  await lock.release();
  const next = await lockDatabase(dir);
  expect(await readdir(dir)).toEqual(["loom.lock.2"]);
  await next.release();
  await lockDatabase(dir);
});

test("lets one of many in", async () => {
  const locks = await Promise.allSettled(MANY.map(() => lockDatabase(dir)));
  expect(locks.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

test("lets one of many in after a process that is gone", async () => {
  await heldBy({ pid: 2 ** 22 + 1 });
  const locks = await Promise.allSettled(MANY.map(() => lockDatabase(dir)));
  expect(locks.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

test("takes over from an earlier process that had the id of this one", async () => {
  await heldBy({ began: (await self()).began?.replace(/^\d+/, "1") ?? "1" });
  await lockDatabase(dir);
  expect(await readdir(dir)).toEqual(["loom.lock.8"]);
});

test("takes over what a process had that began at the same moment after an earlier start of the machine", async () => {
  await heldBy({ began: (await self()).began?.replace(/ .*/, " another-start") ?? null });
  const longAgo = new Date(Date.now() - 31_000);
  await utimes(pathOf(7), longAgo, longAgo);
  await lockDatabase(dir);
  expect(await readdir(dir)).toEqual(["loom.lock.8"]);
});

test("lets nobody in while the process that has it lives, and tells who and what to do", async () => {
  const pid = process.ppid;
  const fields = (await readFile(`/proc/${pid}/stat`, "utf8")).split(") ").at(-1)?.split(" ") ?? [];
  await heldBy({ pid, began: (await self()).began?.replace(/^\d+/, fields[19] ?? "") ?? null });
  const refused = await lockDatabase(dir).catch((error: unknown) => error);
  expect(refused).toMatchObject(REFUSED);
  for (const part of [dir, `process ${process.ppid} on ${hostname()}`, "Close", pathOf(7)])
    expect(String(refused)).toContain(part);
});

test("takes over what a crash left half written", async () => {
  await writeFile(pathOf(7), '{"id":');
  await writeFile(join(dir, "loom.lock.draft-of-the-killed"), "{");
  await lockDatabase(dir);
  expect(await readdir(dir)).toEqual(["loom.lock.8"]);
});

test("is refused, and not taken over, while it cannot be read who has it", async () => {
  await mkdir(pathOf(7));
  await expect(lockDatabase(dir)).rejects.toMatchObject({ code: "EISDIR" });
  expect(await readdir(dir)).toEqual(["loom.lock.7"]);
});

test("lets nobody in while a process of another container shows life, and one of many when it does not", async () => {
  await heldBy(OUT_OF_SIGHT);
  let moment = Date.now();
  const beats = setInterval(() => {
    const at = new Date((moment += 1_000));
    void utimes(pathOf(7), at, at);
  }, 20);
  await expect(lockDatabase(dir)).rejects.toMatchObject(REFUSED);
  clearInterval(beats);
  const longAgo = new Date(Date.now() - 31_000);
  await utimes(pathOf(7), longAgo, longAgo);
  const locks = await Promise.allSettled(MANY.map(() => lockDatabase(dir)));
  expect(locks.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

test("is held no more by a process that slept until another one took over", async () => {
  const lock = await lockDatabase(dir);
  await writeFile(pathOf(2), JSON.stringify({ ...(await self()), ...OUT_OF_SIGHT }));
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 40_000 });
  await expect(lock.hold()).rejects.toMatchObject({ code: "store_unavailable" });
  vi.useRealTimers();
  await expect(lock.hold()).rejects.toMatchObject({ code: "store_unavailable" });
});

test("is still held by a process that slept while nobody came, and shows life again", async () => {
  const lock = await lockDatabase(dir);
  const longAgo = new Date(Date.now() - 31_000);
  await utimes(pathOf(1), longAgo, longAgo);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 40_000 });
  await lock.hold();
  vi.useRealTimers();
  await heldBy(OUT_OF_SIGHT);
  await lock.release();
  expect(await readdir(dir)).toEqual(["loom.lock.1", "loom.lock.7"]);
});

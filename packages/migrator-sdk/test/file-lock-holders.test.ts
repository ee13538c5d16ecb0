import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { LoomError } from "@loom/core/errors";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import type { MigratorStore } from "../src/index.ts";
import { fileMigratorStore } from "../src/index.ts";
import { lockFolder } from "../src/store/file/folder-lock/folder-lock.ts";
import { type Holder, self } from "../src/store/file/folder-lock/holder.ts";
import { dispatchOf } from "./support/calls.ts";

const REFUSED = { code: "invalid_configuration", message: expect.stringMatching(/is in use/) };
/** An id that no process has. */
const NOBODY = 2 ** 22 + 1;
const ANOTHER_START = "00000000-0000-4000-8000-000000000000";
const ANOTHER_SPACE = "pid:[1]";

let dir: string;
let here: Holder;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "loom-lock-"));
  here = await self();
  return () => rm(dir, { recursive: true });
});

const lockPath = () => join(dir, "lock.7");
const heldBy = (holder: Partial<Holder>) =>
  writeFile(lockPath(), JSON.stringify({ ...here, ...holder }));
const ticksOf = ({ began }: Holder) => began?.split(" ")[0] ?? "";
const startOf = ({ began }: Holder) => began?.split(" ")[1] ?? "";
const locks = async () => (await readdir(dir)).filter((name) => name.startsWith("lock"));

async function opened(): Promise<MigratorStore> {
  const store = fileMigratorStore(dir);
  await store.open();
  onTestFinished(() => store.close());
  return store;
}

/** Lets the holder show no life since long. */
async function fallSilent(): Promise<void> {
  const longAgo = new Date(Date.now() - 31_000);
  await utimes(lockPath(), longAgo, longAgo);
}

/** Lets the holder show life from now on, again and again. */
function showLife(): void {
  let seconds = Date.now() / 1000;
  const beats = setInterval(() => {
    seconds += 1;
    void utimes(lockPath(), seconds, seconds).catch(() => {});
  }, 20);
  onTestFinished(() => clearInterval(beats));
}

/** A process that lives as long as the test. */
function bystander(command: string, ...args: readonly string[]) {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "ignore"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

test("what a killed process had is taken over though this one has its id", async () => {
  await heldBy({ began: `1 ${startOf(here)}` });
  await opened();
  expect(await locks()).toEqual(["lock.8"]);
});

test("what a killed process had is taken over though another program has its id now", async () => {
  const { pid = 0 } = bystander("sleep", "600");
  await heldBy({ pid, began: `1 ${startOf(here)}` });
  await opened();
  expect(await locks()).toEqual(["lock.8"]);
});

test("what a killed process had is taken over though nobody has looked after it", async () => {
  const parent = bystander("sh", "-c", 'sh -c "exec sleep 600" & echo $!; exec sleep 600');
  const [line] = (await once(parent.stdout, "data")) as [Buffer];
  const pid = Number(line.toString());
  const stat = () => readFile(`/proc/${pid}/stat`, "utf8");
  const ticks = (await stat()).split(") ")[1]?.split(" ")[19];
  await heldBy({ pid, began: `${ticks} ${startOf(here)}` });
  await expect(opened()).rejects.toMatchObject(REFUSED);
  process.kill(pid, "SIGKILL");
  await expect.poll(stat).toContain(") Z ");
  await opened();
});

test("what a killed process had is taken over at once when nobody has its id", async () => {
  await heldBy({ pid: NOBODY });
  await opened();
  expect(await locks()).toEqual(["lock.8"]);
});

test("what a killed process had is taken over at once after the host has changed its name", async () => {
  await heldBy({ pid: NOBODY, host: "an earlier name" });
  await opened();
  expect(await locks()).toEqual(["lock.8"]);
});

test("a living process keeps what it has when its host has changed its name", async () => {
  await heldBy({ host: "an earlier name" });
  await fallSilent();
  await expect(opened()).rejects.toMatchObject(REFUSED);
});

test("what a process had before the machine was started again is taken over, whoever has its id and moment now", async () => {
  await heldBy({ began: `${ticksOf(here)} ${ANOTHER_START}` });
  await fallSilent();
  await opened();
  expect(await locks()).toEqual(["lock.8"]);
});

test.each<[string, Partial<Holder>]>([
  ["in another container of this name", { pid: NOBODY, space: ANOTHER_SPACE }],
  ["in another container that has our id for it", { space: ANOTHER_SPACE }],
  ["on another machine of this name", { pid: NOBODY, began: `1 ${ANOTHER_START}` }],
  ["on another machine", { pid: NOBODY, host: "another", began: `1 ${ANOTHER_START}` }],
  ["of which the system tells nothing", { pid: process.ppid, began: null }],
])("a process %s keeps what it has while it shows life", async (_where, holder) => {
  await heldBy(holder);
  showLife();
  await expect(opened()).rejects.toMatchObject(REFUSED);
  expect(await locks()).toEqual(["lock.7"]);
});

test.each<[string, Partial<Holder>]>([
  ["in another container of this name", { space: ANOTHER_SPACE }],
  ["on another machine of this name", { began: `1 ${ANOTHER_START}` }],
  ["of which the system tells nothing", { pid: process.ppid, began: null }],
])("a process %s has lost what it had when it has been silent", async (_where, holder) => {
  await heldBy(holder);
  await fallSilent();
  const stores = await Promise.allSettled(Array.from({ length: 20 }, opened));
  expect(stores.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

const refusal = () => new LoomError("invalid_configuration", "in use");
const options = { prefix: "lock", inUse: refusal, lost: refusal };

test.each([
  ["just now", 0],
  ["by a clock that is ahead", 3_600_000],
])(
  "a process out of sight that showed life %s is waited for until it is silent",
  async (_when, ahead) => {
    await heldBy({ space: ANOTHER_SPACE });
    const touched = new Date(Date.now() + ahead);
    await utimes(lockPath(), touched, touched);
    const lock = await lockFolder(dir, { ...options, silentMs: 300 });
    expect(await locks()).toEqual(["lock.8"]);
    await lock.release();
  },
);

test("a process out of sight that leaves while it is waited for has left", async () => {
  await heldBy({ space: ANOTHER_SPACE });
  const locking = lockFolder(dir, { ...options, silentMs: 600_000 });
  await writeFile(lockPath(), "");
  await (await locking).release();
  expect(await locks()).toEqual(["lock.8"]);
});

test("what was killed while it made its lock leaves nothing behind", async () => {
  await writeFile(join(dir, "lock.draft-of-the-killed"), "{");
  await opened();
  expect(await locks()).toEqual(["lock.1"]);
});

test("a process that slept until another one took over writes nothing more", async () => {
  const store = await opened();
  const request = { kind: "do" as const, ...dispatchOf("bump") };
  const entry = (id: string) => ({ id, runId: id, request, receivedAt: 1 });
  await store.inbox.add(entry("before"));
  await heldBy({ host: hostname(), space: ANOTHER_SPACE });
  const journal = () => readFile(join(dir, "journal.jsonl"), "utf8");
  const before = await journal();
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 40_000 });
  onTestFinished(() => void vi.useRealTimers());
  const lost = { code: "store_unavailable", message: expect.stringMatching(/restart/) };
  await expect(store.inbox.add(entry("after"))).rejects.toMatchObject(lost);
  vi.useRealTimers();
  await expect(store.inbox.add(entry("later"))).rejects.toMatchObject(lost);
  expect(await journal()).toBe(before);
});

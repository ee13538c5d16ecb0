import {
  appendFile,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { InboxEntry, MigratorStore, OutboxEvent } from "../src/index.ts";
import { fileMigratorStore } from "../src/index.ts";
import { dispatchOf } from "./support/calls.ts";

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "loom-migrator-"));
  onTestFinished(() => rm(dir, { recursive: true }));
  return dir;
}

async function opened(dir: string): Promise<MigratorStore> {
  const store = fileMigratorStore(dir);
  await store.open();
  return store;
}

async function locksIn(dir: string): Promise<string[]> {
  return (await readdir(dir)).filter((name) => name.startsWith("lock"));
}

const entry = (id: string): InboxEntry => ({
  id,
  runId: id,
  request: { kind: "do", ...dispatchOf("bump", { dispatchId: id, runId: id }) },
  receivedAt: 1,
});

const event = (id: string): OutboxEvent => ({
  id,
  stream: id,
  runId: "r",
  callbackId: "L1.x",
  body: { stepName: "bump", candidateId: "billing", success: true },
});

test("a second store on the folder is refused while the first one is open", async () => {
  const dir = await folder();
  const first = await opened(dir);
  await expect(opened(dir)).rejects.toMatchObject({
    code: "invalid_configuration",
    message: expect.stringContaining(`process ${process.pid} on ${hostname()}`),
  });
  await first.close();
  await (await opened(dir)).close();
});

test("a lock that a crash of the machine tore is taken over", async () => {
  const dir = await folder();
  await writeFile(join(dir, "lock.7"), '{"pid":');
  await (await opened(dir)).close();
  expect(await locksIn(dir)).toEqual(["lock.8"]);
});

test.each([
  ["in mid-line", (dir: string) => appendFile(join(dir, "journal.jsonl"), '{"type":"call_ad')],
  [
    "in a block of nothing",
    (dir: string) => appendFile(join(dir, "journal.jsonl"), "\0".repeat(64)),
  ],
  [
    "in its last line",
    async (dir: string) => {
      const { size } = await stat(join(dir, "journal.jsonl"));
      await truncate(join(dir, "journal.jsonl"), size - 5);
    },
  ],
])("a journal that was cut off %s loses no more than that", async (_what, damage) => {
  const dir = await folder();
  const first = await opened(dir);
  await first.inbox.add(entry("a"));
  await first.inbox.add(entry("b"));
  await first.close();
  await damage(dir);
  const second = await opened(dir);
  expect(await second.inbox.has("a")).toBe(true);
  await second.inbox.add(entry("c"));
  await second.close();
  const third = await opened(dir);
  expect(await third.inbox.has("c")).toBe(true);
  await third.close();
});

test("a journal that is damaged in its middle is refused, not read around", async () => {
  const dir = await folder();
  const first = await opened(dir);
  for (const id of ["a", "b", "c"]) await first.inbox.add(entry(id));
  await first.close();
  const path = join(dir, "journal.jsonl");
  const [line, ...rest] = (await readFile(path, "utf8")).split("\n");
  await writeFile(path, [line?.slice(0, 20), ...rest].join("\n"));
  await expect(opened(dir)).rejects.toThrow("damaged at byte 0");
  await rm(path);
  await (await opened(dir)).close();
});

test("what is over does not make the journal grow for ever, and nothing is lost when it is written anew", async () => {
  const dir = await folder();
  const first = await opened(dir);
  await first.inbox.add(entry("kept"));
  const count = 12_000;
  const rounds = Array.from({ length: count }, async (_, n) => {
    await first.outbox.append(event(`e${n}`));
    await first.outbox.remove(`e${n}`);
  });
  await Promise.all([...rounds, first.outbox.append(event("last"))]);
  const { size } = await stat(join(dir, "journal.jsonl"));
  expect(size).toBeLessThan(12_000 * 2 * 100);
  await first.close();
  const second = await opened(dir);
  expect(await second.inbox.has("kept")).toBe(true);
  const lease = { owner: "me", now: 1, leaseMs: 1, limit: 10 };
  expect((await second.outbox.lease(lease)).map(({ id }) => id)).toEqual(["last"]);
  await second.close();
});

test("a store that is not open says so", async () => {
  const store = fileMigratorStore(await folder());
  await expect(store.inbox.add(entry("a"))).rejects.toMatchObject({ code: "store_unavailable" });
});

import { fork } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { DispatchStepRequest, Migrators } from "@loom/core";
import { createLoom } from "@loom/core";
import { createLocalEngine } from "@loom/local";
import { describeMigrationStore, describeRunStore } from "@loom/testing/vitest";
import { expect, onTestFinished, test, vi } from "vitest";
import { eventually } from "../../../test/eventually.ts";
import { createJournalStore } from "../journal-store.ts";
import { SECRETS } from "./support/greeting.ts";

// Every write waits for the disk, and some tests of the suites write a thousand times.
vi.setConfig({ testTimeout: 60_000 });

const setup = async () => {
  const folder = mkdtempSync(join(tmpdir(), "loom-journal-"));
  const store = createJournalStore(join(folder, "journal"));
  const teardown = async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { store, teardown, file: join(folder, "journal") };
};

describeMigrationStore("in a journal", { setup });
describeRunStore("in a journal", { setup });

const REF = { migrationId: "greetings", candidateId: "billing" };

/** A Loom on the store, whose migrator accepts everything and reports nothing. */
function loomOn(store: ReturnType<typeof createJournalStore>) {
  const dispatched: DispatchStepRequest[] = [];
  const dispatchStep: Migrators["dispatchStep"] = async (_, request) => {
    dispatched.push(request);
    return { type: "accepted" };
  };
  const dryRun: Migrators["dryRun"] = async () => ({ steps: [] });
  const migrators = { dispatchStep, compensateStep: dispatchStep, dryRun };
  const loom = createLoom({ store, engine: createLocalEngine(), migrators, secrets: SECRETS });
  onTestFinished(() => loom.close());
  return { loom, dispatched };
}

const beforeItsTime = (how: unknown): never => {
  throw new Error(`the process ended before it dispatched: ${String(how)}`);
};

/** What a process had dispatched when it was killed with `kill -9`, before the answer. */
async function killedAtWork(file: string): Promise<DispatchStepRequest> {
  const program = fileURLToPath(new URL("./support/doomed-loom.ts", import.meta.url));
  const child = fork(program, [file], { execArgv: ["--conditions=@loom/source"] });
  const ended = once(child, "exit");
  const dispatched = once(child, "message") as Promise<[DispatchStepRequest]>;
  const [request] = await Promise.race([dispatched, ended.then(beforeItsTime)]);
  child.kill("SIGKILL");
  expect(await ended).toEqual([null, "SIGKILL"]);
  return request;
}

test("a run outlives its process, killed with kill -9, and what was being written then never counted", async () => {
  const { store, teardown, file } = await setup();
  onTestFinished(teardown);
  const { callbackId, dispatchId } = await killedAtWork(file);
  appendFileSync(file, '{"name":"register","ar');
  const { loom, dispatched } = loomOn(store);
  await loom.open();
  expect((await loom.getSteps(REF)).status).toBe("running");
  await eventually(() => expect(dispatched).toMatchObject([{ callbackId, dispatchId }]));
  await loom.reportStep(callbackId, { stepName: "greet", candidateId: "billing", success: true });
  await eventually(async () => expect((await loom.getSteps(REF)).status).toBe("completed"));
  expect(dispatched).toHaveLength(1);
});

test("what is read makes no journal longer", async () => {
  const { store, teardown, file } = await setup();
  onTestFinished(teardown);
  await store.ping();
  await store.leaseDue({ owner: "me", now: 0, leaseMs: 1, limit: 1 });
  expect(statSync(file).size).toBe(0);
});

test("a file that cannot be used is an unavailable store", async () => {
  const store = createJournalStore(tmpdir());
  await expect(store.ping()).rejects.toMatchObject({ code: "store_unavailable", retryable: true });
  await expect(store.getMigration("any")).rejects.toMatchObject({ code: "store_unavailable" });
});

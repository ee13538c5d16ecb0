import { appendFileSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DispatchStepRequest, Migrators } from "@loom/core";
import { createLoom } from "@loom/core";
import { createLocalEngine } from "@loom/local";
import { describeMigrationStore, describeRunStore } from "@loom/testing/vitest";
import { expect, onTestFinished, test, vi } from "vitest";
import { eventually } from "../../../test/eventually.ts";
import { createJournalStore } from "../journal-store.ts";

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
  const secrets = ["a secret that survives"];
  const loom = createLoom({ store, engine: createLocalEngine(), migrators, secrets });
  onTestFinished(() => loom.close());
  return { loom, dispatched };
}

/** A journal with a run in it that waits for its first step, left as a crash in the middle of a write leaves it. */
async function crashed() {
  const { store, teardown, file } = await setup();
  onTestFinished(teardown);
  const { loom, dispatched } = loomOn(store);
  await loom.open();
  await loom.announce({
    id: REF.migrationId,
    name: "Greet",
    steps: [{ name: "greet" }],
    migratorApp: "greetings",
    migratorUrl: "http://127.0.0.1:1",
    candidates: [{ id: REF.candidateId }],
  });
  await loom.start(REF);
  await eventually(() => expect(dispatched).not.toEqual([]));
  await loom.close();
  appendFileSync(file, '{"name":"register","ar');
  return { file, callbackId: dispatched[0]?.callbackId ?? "" };
}

test("a run outlives its process, and what was being written when that ended never counted", async () => {
  const { file, callbackId } = await crashed();
  const store = createJournalStore(file);
  onTestFinished(() => store.close());
  const { loom, dispatched } = loomOn(store);
  await loom.open();
  expect((await loom.getSteps(REF)).status).toBe("running");
  await loom.reportStep(callbackId, { stepName: "greet", candidateId: "billing", success: true });
  await eventually(async () => expect((await loom.getSteps(REF)).status).toBe("completed"));
  expect(dispatched).toEqual([]);
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

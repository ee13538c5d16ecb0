import { describe, expect, test } from "vitest";
import { describeRunStore } from "../src/index.ts";
import { failuresOf, faulty, type StoreFault } from "./collect.ts";

/** Faults by what the store does wrong, each with the title of a law that must catch it. */
const FAULTS: Readonly<Record<string, readonly [law: string, fault: StoreFault]>> = {
  "shows whatever view came last": [
    "shows no older view, and no other one of the same sequence",
    (right) => {
      let sequence = 0;
      return {
        saveProgress: (ref, view) => right.saveProgress(ref, { ...view, sequence: sequence++ }),
      };
    },
  ],
  "shows views of any attempt": [
    "shows nothing of an attempt that is not the running one",
    (right) => ({
      async saveProgress(ref, view) {
        const attempt = (await right.getCandidate(ref))?.attempt ?? view.attempt;
        await right.saveProgress(ref, { ...view, attempt });
      },
    }),
  ],
  "lets a view end the cancelling": [
    "shows a run as cancelling until its end, whatever views still come",
    (right) => {
      let isSaved = false;
      return {
        async saveProgress(ref, view) {
          isSaved = view.sequence > 1;
          await right.saveProgress(ref, view);
        },
        async getRun(ref) {
          const run = await right.getRun(ref);
          return run && isSaved && run.phase === "cancelling" ? { ...run, phase: "running" } : run;
        },
      };
    },
  ],
  "marks any attempt as cancelling": [
    "shows only the running attempt as cancelling",
    (right) => ({
      async markCancelling(ref, attempt) {
        await right.markCancelling(ref, (await right.getCandidate(ref))?.attempt ?? attempt);
      },
    }),
  ],
  "never marks a claim as undelivered": [
    "shows a claim as undelivered, unless its engine has saved progress",
    () => ({ markUndelivered: async () => {} }),
  ],
  "lists one page of running candidates": [
    "lists every running candidate of every migration once, page by page",
    (right) => ({
      listRunning: async (page) => ({ items: (await right.listRunning(page)).items }),
    }),
  ],
  "begins anew at a cursor that is none": [
    "refuses what is no cursor of what runs",
    (right) => ({
      listRunning: (page) => right.listRunning(page).catch(() => right.listRunning({ limit: 1 })),
    }),
  ],
  "commits over any version": [
    "lets one of many commits over the same version win, and its effects alone count",
    (right) => ({
      async commitRun(commit) {
        for (;;) {
          const found = await right.loadRun(commit.runId, commit.attempt);
          const expectedVersion = found?.version ?? 0;
          if (await right.commitRun({ ...commit, expectedVersion })) return true;
          if (expectedVersion === 0) return false;
        }
      },
    }),
  ],
  "begins a run whatever its candidate does": [
    "begins a run only while its candidate runs that attempt",
    (right) => ({
      commitRun: async (commit) => (await right.commitRun(commit)) || commit.expectedVersion === 0,
    }),
  ],
  "changes the outbox though the version is another": [
    "commits nothing at all over another version than the expected one",
    (right) => ({
      async commitRun(commit) {
        if (await right.commitRun(commit)) return true;
        const found = await right.loadRun(commit.runId, commit.attempt);
        const { add, remove, postpone, hasten, ...key } = commit;
        const { version: expectedVersion, state } = found ?? { version: 0, state: commit.state };
        const outbox = { add, remove, postpone, hasten };
        if (found) await right.commitRun({ ...keyOf(key), expectedVersion, state, ...outbox });
        return false;
      },
    }),
  ],
  "keeps the state of a run that ended": [
    "ends a completed run: status, history, state and outbox in one write",
    (right) => ({
      async commitRun({ finish, ...commit }) {
        const isCommitted = await right.commitRun(commit);
        if (isCommitted && finish) await right.changeStatus(finish);
        return isCommitted;
      },
    }),
  ],
  "keeps a state whose candidate was moved": [
    "drops the state of a run that ends after its candidate was moved by another hand",
    (right) => ({
      async commitRun(commit) {
        const found = commit.finish && (await right.getCandidate(commit.finish));
        return found && found.status !== "running" ? false : right.commitRun(commit);
      },
    }),
  ],
  "ignores leases": [
    "never lets two owners hold an entry at once",
    (right) => ({ leaseDue: (request) => right.leaseDue({ ...request, leaseMs: 0 }) }),
  ],
  "never lets a lease run out": [
    "gives an entry to another when its lease has run out, not before",
    (right) => ({ leaseDue: (request) => right.leaseDue({ ...request, leaseMs: 9e12 }) }),
  ],
  "gives out what is not due": [
    "gives out what is due, the longest due first, up to the limit",
    (right) => ({ leaseDue: (request) => right.leaseDue({ ...request, now: request.now + 1 }) }),
  ],
  "gives out the latest first": [
    "gives out what is due, the longest due first, up to the limit",
    (right) => ({ leaseDue: async (request) => (await right.leaseDue(request)).toReversed() }),
  ],
  "lets anybody renew": [
    "prolongs the leases that an owner still holds, and no others",
    (right) => {
      let holder = "";
      return {
        async leaseDue(request) {
          const entries = await right.leaseDue(request);
          if (entries.length > 0) holder = request.owner;
          return entries;
        },
        renewLeases: (request) => right.renewLeases({ ...request, owner: holder }),
      };
    },
  ],
  "never ends a lease sooner": [
    "ends a lease sooner when it is renewed for a shorter time",
    (right) => ({
      renewLeases: (request) =>
        right.renewLeases({ ...request, leaseMs: Math.max(request.leaseMs, 10_000) }),
    }),
  ],
  "lets anybody release": [
    "gives up only an owner's own leases, at once",
    (right) => {
      let holder = "";
      return {
        leaseDue: (request) => {
          holder ||= request.owner;
          return right.leaseDue(request);
        },
        releaseLeases: ({ ids }) => right.releaseLeases({ owner: holder, ids }),
      };
    },
  ],
  "forgets how often a call was tried": [
    "puts an entry off with its tries, and lets any owner have it then",
    (right) => ({
      commitRun: (commit) => {
        const postpone = commit.postpone.map((each) => ({ ...each, tries: 0 }));
        return right.commitRun({ ...commit, postpone });
      },
    }),
  ],
  "hastens nothing": [
    "hastens what is put off, and leaves a lease on it standing",
    (right) => ({ commitRun: (commit) => right.commitRun({ ...commit, hasten: [] }) }),
  ],
  "keeps what is done with": [
    "drops what is done with, and lets what is not there pass",
    (right) => ({ commitRun: (commit) => right.commitRun({ ...commit, remove: [] }) }),
  ],
  "does not know when an entry is due": [
    "says when the next entry can be had",
    () => ({ nextDueAt: async () => null }),
  ],
};

function keyOf({ runId, attempt }: { runId: string; attempt: number }) {
  return { runId, attempt };
}

describe("the suite of RunStore", () => {
  test("finds no fault with a right store", async () => {
    const failures = await failuresOf((runner) =>
      describeRunStore(
        runner,
        "right",
        faulty(() => ({})),
      ),
    );
    expect(failures).toEqual([]);
  });

  test.each(Object.entries(FAULTS))("catches a store that %s", async (name, [law, fault]) => {
    const failures = await failuresOf((runner) => describeRunStore(runner, name, faulty(fault)));
    expect(failures).toContain(law);
  });
});

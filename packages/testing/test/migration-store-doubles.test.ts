import type { CandidateMerge, CandidateRecord, Store } from "@loom/core";
import { describe, expect, test } from "vitest";
import { describeMigrationStore } from "../src/index.ts";
import { breath, failuresOf, faulty, type StoreFault } from "./collect.ts";

/** Faults by what the store does wrong, each with the title of a law that must catch it. */
const FAULTS: Readonly<Record<string, readonly [law: string, fault: StoreFault]>> = {
  "gives an owned migration away": [
    "lets no other principal take a migration",
    (right) => ({ register: (given) => right.register({ ...given, owner: "anybody" }) }),
  ],
  "forgets where an app moved": [
    "finds an app where it was announced last",
    (right) => {
      const known = new Map<string, Awaited<ReturnType<Store["findMigrator"]>>>();
      return {
        async findMigrator(app) {
          known.set(app, known.get(app) ?? (await right.findMigrator(app)));
          return known.get(app) ?? null;
        },
      };
    },
  ],
  "takes each chunk for a discovery of its own": [
    "removes nothing before the last chunk, and then nothing that any chunk listed",
    (right) => ({
      mergeCandidates: (merge) => {
        const { complete } = merge.discovery;
        return right.mergeCandidates({
          ...merge,
          discovery: { id: crypto.randomUUID(), complete },
        });
      },
    }),
  ],
  "takes each chunk for the last": [
    "removes nothing before the last chunk, and then nothing that any chunk listed",
    (right) => ({
      mergeCandidates: (merge) =>
        right.mergeCandidates({ ...merge, discovery: { ...merge.discovery, complete: true } }),
    }),
  ],
  "never removes": [
    "removes what a complete discovery leaves out, if it is not started",
    (right) => ({
      mergeCandidates: (merge) =>
        right.mergeCandidates({ ...merge, discovery: { ...merge.discovery, complete: false } }),
    }),
  ],
  "begins attempts anew after a removal": [
    "goes on with the attempt numbers of one that was removed and came again",
    (right) => ({
      async getCandidate(ref) {
        const found = await right.getCandidate(ref);
        return found && (found.run ? found : { ...found, attempt: 0 });
      },
    }),
  ],
  "empties the list before it fills it": [
    "never takes away, not even for a moment, what all replicas list that discover at once",
    (right) => ({
      async mergeCandidates(merge) {
        if (!merge.discovery.complete) return right.mergeCandidates(merge);
        const emptied = { id: crypto.randomUUID(), complete: true };
        await right.mergeCandidates({ ...merge, candidates: [], discovery: emptied });
        await breath();
        return right.mergeCandidates(merge);
      },
    }),
  ],
  "removes what the last replica to end did not list": [
    "keeps what any replica listed after the others had begun, and removes the rest once",
    (right) => {
      const listed = new Map<string, CandidateMerge["candidates"]>();
      return {
        mergeCandidates(merge) {
          const { id, complete } = merge.discovery;
          const candidates = [...(listed.get(id) ?? []), ...merge.candidates];
          listed.set(id, candidates);
          const alone = { ...merge, candidates, discovery: { id: crypto.randomUUID(), complete } };
          return right.mergeCandidates(complete ? alone : merge);
        },
      };
    },
  ],
  "begins attempts anew after a removal, as if nobody had started meanwhile": [
    "gives no attempt number twice to one that replicas remove and find again while it is started",
    (right) => ({
      async getCandidate(ref) {
        const found = await right.getCandidate(ref);
        return found && (found.run ? found : { ...found, attempt: 0 });
      },
    }),
  ],
  "trims ids": [
    "keeps candidates with hostile ids apart",
    (right) => ({
      getCandidate: (ref) => right.getCandidate({ ...ref, candidateId: ref.candidateId.trim() }),
    }),
  ],
  "keys an object by ids": [
    "does not take the name of something inherited for a candidate",
    (right) => ({
      getCandidate: async (ref) =>
        ref.candidateId in {} ? ({} as CandidateRecord) : right.getCandidate(ref),
    }),
  ],
  "compares and sets in two steps": [
    "lets one of 64 changes of one candidate win",
    (right) => ({
      async changeStatus(change) {
        const found = await right.getCandidate(change);
        await breath();
        const now = await right.getCandidate(change);
        if (found?.status !== change.from.status || !now) return right.changeStatus(change);
        return right.changeStatus({
          ...change,
          from: { status: now.status, attempt: now.attempt },
        });
      },
    }),
  ],
  "compares the status only": [
    "leaves one alone that stands at another attempt, and says what it found",
    (right) => ({
      async changeStatus(change) {
        const attempt = (await right.getCandidate(change))?.attempt ?? 0;
        return right.changeStatus({ ...change, from: { ...change.from, attempt } });
      },
    }),
  ],
  "forgets tokens": [
    "recognises a change that is repeated, and does nothing twice",
    (right) => ({
      changeStatus: (change) => right.changeStatus({ ...change, token: crypto.randomUUID() }),
    }),
  ],
  "writes history for a repetition too": [
    "recognises a repeated change among many at once",
    (right) => {
      const seen = new Set<string>();
      return {
        async changeStatus(change) {
          if (seen.has(change.token)) await right.appendHistory(change.migrationId, change.history);
          seen.add(change.token);
          return right.changeStatus(change);
        },
      };
    },
  ],
  "drops inputs that a change does not mention": [
    "keeps inputs that a change does not mention",
    (right) => ({ changeStatus: (change) => right.changeStatus({ inputs: {}, ...change }) }),
  ],
  "saves inputs wherever the candidate stands": [
    "saves inputs only where the candidate is said to stand",
    (right) => ({
      async saveInputs(ref, at, inputs) {
        return right.saveInputs(ref, (await right.getCandidate(ref)) ?? at, inputs);
      },
    }),
  ],
  "pages by offset": [
    "lists what is there all along exactly once while others come, go and move",
    (right) => ({
      async listCandidates(id, { cursor, limit, ...filter }) {
        if (cursor !== undefined && !/^\d+$/.test(cursor))
          return right.listCandidates(id, { ...filter, cursor, limit });
        const { items } = await right.listCandidates(id, { ...filter, limit: 1e6 });
        const end = Number(cursor ?? 0) + limit;
        const page = items.slice(end - limit, end);
        return end < items.length ? { items: page, nextCursor: String(end) } : { items: page };
      },
    }),
  ],
  "orders ids by their units of UTF-16": [
    "lists candidates in the order of the code points of their ids",
    (right) => ({
      async listCandidates(id, filter) {
        const page = await right.listCandidates(id, filter);
        const items = page.items.toSorted((a, b) => (a.candidate.id < b.candidate.id ? -1 : 1));
        return { ...page, items };
      },
    }),
  ],
  "always gives a cursor": [
    "gives no cursor with the last page, also when that is full",
    (right) => ({
      async listCandidates(id, filter) {
        const page = await right.listCandidates(id, filter);
        return { nextCursor: filter.cursor ?? "", ...page };
      },
    }),
  ],
  "takes the text of a filter for a pattern": [
    "finds candidates by a part of the id, ignoring case, with no character special",
    (right) => ({
      async listCandidates(id, { q = "", ...filter }) {
        const page = await right.listCandidates(id, { ...filter, limit: 500 });
        const pattern = new RegExp(q.replaceAll(/[[\]*\\]/g, ".").replaceAll("_", "."), "i");
        return { items: page.items.filter(({ candidate }) => pattern.test(candidate.id)) };
      },
    }),
  ],
  "does not filter by the status of steps": [
    "finds running candidates by the status of their step, and nothing else",
    (right) => ({
      async listCandidates(id, filter) {
        const { stepStatus: _, ...others } = filter;
        return right.listCandidates(id, others);
      },
    }),
  ],
  "takes any text for a cursor": [
    'refuses the cursor "x"',
    (right) => ({
      listCandidates: (id, filter) =>
        right
          .listCandidates(id, filter)
          .catch(() => right.listCandidates(id, { limit: filter.limit })),
    }),
  ],
  "does not count what is blocked": [
    "counts where candidates stand, and which running ones wait for people",
    (right) => ({
      countCandidates: async (id) => ({ ...(await right.countCandidates(id)), blocked: 0 }),
    }),
  ],
  "lists the oldest cancelled attempts first": [
    "lists cancelled attempts from the latest on, also while more are appended",
    (right) => ({
      async listCancelledAttempts(id, page) {
        const { items, ...rest } = await right.listCancelledAttempts(id, page);
        return { ...rest, items: items.toReversed() };
      },
    }),
  ],
  "keeps what its callers gave": [
    "is not changed by what a caller does to a value that it gave",
    (right) => {
      const kept = new Map<string, Awaited<ReturnType<Store["getMigration"]>>>();
      return {
        async register(given) {
          kept.set(given.migration.id, given.migration);
          return right.register(given);
        },
        getMigration: async (id) => kept.get(id) ?? right.getMigration(id),
      };
    },
  ],
  "gives out what it keeps": [
    "is not changed by what a caller does to a value that it got",
    (right) => {
      const kept = new Map<string, CandidateRecord | null>();
      return {
        async getCandidate(ref) {
          const key = JSON.stringify([ref, (await right.getCandidate(ref))?.run]);
          kept.set(key, kept.get(key) ?? structuredClone(await right.getCandidate(ref)));
          return kept.get(key) ?? null;
        },
      };
    },
  ],
};

describe("the suite of MigrationStore", () => {
  test("finds no fault with a right store", async () => {
    const failures = await failuresOf((runner) =>
      describeMigrationStore(
        runner,
        "right",
        faulty(() => ({})),
      ),
    );
    expect(failures).toEqual([]);
  });

  test.each(Object.entries(FAULTS))("catches a store that %s", async (name, [law, fault]) => {
    const failures = await failuresOf((runner) =>
      describeMigrationStore(runner, name, faulty(fault)),
    );
    expect(failures).toContain(law);
  });
});

import { AT, changeOf, HISTORY } from "../../../test/stores/builders.ts";
import type { PostgresStore } from "../src/postgres-store.ts";

/** Where a process is killed: at a moment that has a name, or in place of its work on the disk of that number. */
export type Death = "before the commit" | "after the commit" | "in the middle" | number;
/** What a process that came through tells: how often it worked on the disk. */
export type Survival = { readonly works: number };

export const M = "killed";
/** How many candidates there are before. */
export const BEFORE = 300;
const [CHANGED, NEW] = [200, 100];

/** What the process is killed in. Each may be done again, and then leads to the same. */
export const DEEDS = {
  migrate: (store: PostgresStore) => store.migrate(),
  start: (store: PostgresStore) =>
    store.changeStatus({
      ...changeOf(M, "c1", [
        { status: "not_started", attempt: 0 },
        { status: "running", attempt: 1 },
      ]),
      token: "the start of c1",
    }),
  /** Changes what is there, adds, and removes what it leaves out. */
  merge: (store: PostgresStore) =>
    store.mergeCandidates({
      migrationId: M,
      candidates: Array.from({ length: CHANGED + NEW }, (_, n) => ({
        id: n < CHANGED ? `c${n}` : `new ${n}`,
        kind: "changed",
        metadata: { note: "n".repeat(500) },
      })),
      discovery: { id: "second", complete: true },
      at: AT,
      history: HISTORY,
    }),
} as const;

export type DeedName = keyof typeof DEEDS;

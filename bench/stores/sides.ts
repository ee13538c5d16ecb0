import type { Candidate, StatusChange } from "@loom/core";
import { AT, HISTORY, migrationOf } from "../../test/stores/builders.ts";
import type { Way } from "./world.ts";

/** What both sides do, under the same names. */
export interface Side {
  register(migrationId: string): Promise<void>;
  merge(migrationId: string, candidates: readonly Candidate[]): Promise<void>;
  change(change: StatusChange): Promise<void>;
}

export function loomSide({ store }: Pick<Way, "store">): Side {
  return {
    async register(id) {
      await store.register({ migration: migrationOf(id), owner: "owner", history: HISTORY });
    },
    async merge(migrationId, candidates) {
      const discovery = { id: crypto.randomUUID(), complete: false };
      await store.mergeCandidates({ migrationId, candidates, discovery, at: AT, history: HISTORY });
    },
    async change(change) {
      refuse(!(await store.changeStatus(change)).applied);
    },
  };
}

export function rawSide({ raw }: Pick<Way, "raw">): Side {
  return {
    register: (id) => raw.register(id),
    async merge(migrationId, candidates) {
      await raw.merge(migrationId, candidates);
    },
    async change(change) {
      refuse(!(await raw.change(change)));
    },
  };
}

/** The same, with changes of the status and its index only. */
export function bareSide(way: Way): Side {
  return {
    ...rawSide(way),
    async change(change) {
      refuse(!(await way.raw.changeBare(change)));
    },
  };
}

/** Registers a migration and fills it. */
export async function fill(side: Side, migrationId: string, candidates: readonly Candidate[]) {
  await side.register(migrationId);
  await side.merge(migrationId, candidates);
}

function refuse(isWrong: boolean): void {
  if (isWrong) throw new Error("a change was not applied");
}

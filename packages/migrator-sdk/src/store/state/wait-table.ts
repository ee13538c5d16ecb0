import type { EpochMilliseconds } from "../../clock.ts";
import type { KeptSettlement, KnownKey, Wait } from "../port.ts";

interface KeyRow {
  readonly open: Set<string>;
  closedAt?: EpochMilliseconds;
  kept?: KeptSettlement;
}

/** What stands open, by call and by key. */
export interface WaitTable {
  get(id: string): Wait | undefined;
  find(key: string): KnownKey;
  keep(key: string, kept: KeptSettlement): void;
  open(wait: Wait): void;
  /** Says whether it was open. */
  close(id: string, at: EpochMilliseconds): boolean;
  markClosed(key: string, at: EpochMilliseconds): void;
  /** Those to be asked about by now, the longest due first; each is asked about again at `nextCheckAt`. */
  takeDue(now: EpochMilliseconds, nextCheckAt: EpochMilliseconds, limit: number): readonly Wait[];
  checkAgain(id: string, checkAt: EpochMilliseconds): void;
  /** Nothing is to be asked about before; `undefined` when nothing is at all. */
  nextCheckAt(): EpochMilliseconds | undefined;
  forget(closedBefore: EpochMilliseconds, keptBefore: EpochMilliseconds): void;
  all(): Iterable<Wait>;
  keys(): Iterable<[string, Readonly<Omit<KeyRow, "open">>]>;
}

/** Nothing stands open yet. */
export function createWaitTable(): WaitTable {
  const waits = new Map<string, Wait>();
  const keys = new Map<string, KeyRow>();
  // A lower bound, put right by each search: to look through all waits for every call would cost too much.
  let nextCheckAt = Infinity;
  const rowOf = (key: string): KeyRow => {
    const row = keys.get(key) ?? { open: new Set<string>() };
    keys.set(key, row);
    return row;
  };
  return {
    get: (id) => waits.get(id),
    all: () => waits.values(),
    keys: () => keys,
    find(key) {
      const row = keys.get(key);
      const open = [...(row?.open ?? [])].flatMap((id) => waits.get(id) ?? []);
      return { open, closed: row?.closedAt !== undefined, kept: row?.kept ?? null };
    },
    keep: (key, kept) => void (rowOf(key).kept = kept),
    open(wait) {
      waits.set(wait.id, wait);
      nextCheckAt = Math.min(nextCheckAt, wait.checkAt ?? nextCheckAt);
      rowOf(wait.key).open.add(wait.id);
    },
    close(id, at) {
      const wait = waits.get(id);
      if (!wait) return false;
      waits.delete(id);
      const row = rowOf(wait.key);
      row.open.delete(id);
      row.closedAt = at;
      return true;
    },
    markClosed: (key, at) => void (rowOf(key).closedAt = at),
    takeDue(now, next, limit) {
      const due = [...waits.values()].filter(({ checkAt = Infinity }) => checkAt <= now);
      const taken = due.toSorted((a, b) => checkTime(a) - checkTime(b)).slice(0, limit);
      for (const wait of taken) waits.set(wait.id, { ...wait, checkAt: next });
      nextCheckAt = Infinity;
      for (const wait of waits.values()) nextCheckAt = Math.min(nextCheckAt, checkTime(wait));
      return taken;
    },
    checkAgain(id, checkAt) {
      const wait = waits.get(id);
      if (!wait) return;
      waits.set(id, { ...wait, checkAt });
      nextCheckAt = Math.min(nextCheckAt, checkAt);
    },
    nextCheckAt: () => (nextCheckAt === Infinity ? undefined : nextCheckAt),
    forget(closedBefore, keptBefore) {
      for (const [key, row] of keys) {
        if (row.kept && row.kept.at < keptBefore) delete row.kept;
        if (row.closedAt !== undefined && row.closedAt < closedBefore) delete row.closedAt;
        if (row.open.size === 0 && !row.kept && row.closedAt === undefined) keys.delete(key);
      }
    },
  };
}

function checkTime({ checkAt = Infinity }: Wait): number {
  return checkAt;
}

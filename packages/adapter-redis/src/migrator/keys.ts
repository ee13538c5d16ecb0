/**
 * The keys of a migrator's store, in the order in which its scripts number them. All are in one Cluster slot: a result puts
 * down a call, its events and its wait at once.
 */
const NAMES = [
  "calls",
  "entries",
  "latest",
  "todo",
  "lanes",
  "over",
  "waits",
  "byKey",
  "checks",
  "closed",
  "kept",
  "keptAt",
  "events",
  "queue",
  "streams",
  "due",
  "sequence",
] as const;

/** Names every key. */
export interface MigratorKeys {
  /** Of every script. */
  readonly all: readonly string[];
  /** Those, and one for what the operation of a token answered. */
  readonly answering: (token: string) => readonly string[];
  /** String: the version of this layout. */
  readonly layout: string;
}

/** @param prefix without braces */
export function createMigratorKeys(prefix: string): MigratorKeys {
  const base = `{${prefix}}`;
  const all = NAMES.map((name) => `${base}:${name}`);
  return {
    all,
    answering: (token) => [...all, `${base}:answer:${token}`],
    layout: `${base}:layout`,
  };
}

/** Lua: the same keys by name, and that of the answer. */
export const MIGRATOR_KEYS = `local at = {${NAMES.map((name, n) => `${name} = KEYS[${n + 1}]`).join(", ")}}
local answer = KEYS[${NAMES.length + 1}]
`;

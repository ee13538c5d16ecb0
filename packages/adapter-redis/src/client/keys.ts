/** What Cluster reads as a hash tag, and the sign that escapes it. */
const SPECIAL = /[{}%]/g;

/** The keys of one migration. All of them are in one Cluster slot: a script may touch several. */
export interface MigrationKeys {
  /** Hash: the migration, its owner, how many submissions there were. */
  readonly migration: string;
  /** Hash: discovery id → the submission with which it began, and its latest. */
  readonly discoveries: string;
  /** Hash: candidate id → attempt number, of candidates that were removed. */
  readonly removed: string;
  /** Sorted set by candidate id of those with this status. */
  readonly status: (code: string) => string;
  /** Sorted set of step status and candidate id, of running ones. */
  readonly steps: string;
  /** Sorted set of kind and candidate id. */
  readonly kinds: string;
  /** List, the oldest first. */
  readonly history: string;
  /** List, the oldest first. */
  readonly cancelled: string;
  /** Hash: digest → steps of manifests. */
  readonly plans: string;
  /** Sorted set of outbox entries by the moment from which they can be leased. */
  readonly due: string;
  /** Hash: entry id → outbox entry. */
  readonly outbox: string;
  /** Hash: a candidate and the summary of its run. */
  readonly candidate: (id: string) => string;
  /** String: the manifest of its latest started attempt. */
  readonly manifest: (id: string) => string;
  /** String: the last view of that attempt. */
  readonly view: (id: string) => string;
  /** Hash: the state of a stored run. */
  readonly run: (id: string, attempt: number) => string;
  /** What an operation answered, for some time: it may be repeated because its reply was lost. */
  readonly answer: (token: string) => string;
}

/** Keys that belong to no migration: each in a slot of its own. */
export interface Keys {
  /** Sorted set of migration ids. */
  readonly migrations: string;
  /** String: the version of this layout. */
  readonly layout: string;
  /** Hash: owner and URL of an app. */
  readonly app: (name: string) => string;
  readonly of: (migrationId: string) => MigrationKeys;
}

/**
 * Names every key. A prefix has no braces, so none of one prefix is a key of another, whatever names hold: `p:app` with an app
 * of `p` called `layout` neither.
 */
export function createKeys(prefix: string): Keys {
  return {
    migrations: `${prefix}:migrations`,
    layout: `${prefix}:layout`,
    app: (name) => `${prefix}:app:{${tagOf(name)}}`,
    of: (migrationId) => keysOf(`${prefix}:{${tagOf(migrationId)}}`),
  };
}

function keysOf(base: string): MigrationKeys {
  return {
    migration: `${base}:migration`,
    discoveries: `${base}:discoveries`,
    removed: `${base}:removed`,
    status: (code) => `${base}:status:${code}`,
    steps: `${base}:steps`,
    kinds: `${base}:kinds`,
    history: `${base}:history`,
    cancelled: `${base}:cancelled`,
    plans: `${base}:plans`,
    due: `${base}:due`,
    outbox: `${base}:outbox`,
    candidate: (id) => `${base}:c:${id}`,
    manifest: (id) => `${base}:m:${id}`,
    view: (id) => `${base}:v:${id}`,
    run: (id, attempt) => `${base}:r:${attempt}:${id}`,
    answer: (token) => `${base}:answer:${token}`,
  };
}

/** An empty tag would be none at all. */
function tagOf(name: string): string {
  const escaped = name.replace(SPECIAL, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
  return escaped === "" ? "%" : escaped;
}

/** How much a request may hold, beyond the rules of ids (`domain/ids.ts`). The only such table. */
export const LIMITS = {
  /** Entries of a string map. */
  mapEntries: 64,
  /** Characters of a map's key. */
  mapKey: 128,
  /** Bytes of UTF-8 of a map's value. */
  mapValueBytes: 16 * 1024,
  /** Characters of a name or label. */
  name: 200,
  /** Characters of the id of an actor. */
  actor: 320,
  /** Characters of the name of an app, of a step's type, or of an event. */
  app: 128,
  /** Characters of a description. */
  description: 10_000,
  /** Characters of the error that a report carries. */
  error: 16 * 1024,
  /** Characters of the reason of a cancel. */
  reason: 2_000,
  /** Characters of a URL. */
  url: 2_048,
  /** Characters of a path in a repository. */
  path: 4_096,
  /** Characters of an opaque id: of an event, a discovery. */
  opaqueId: 200,
  /** Characters of a cursor. */
  cursor: 2_000,
  /** Steps of a plan. */
  steps: 200,
  /** Phases of an overview. */
  overview: 50,
  /** Input definitions of a migration: as many as a string map can hold. */
  requiredInputs: 64,
  /** Files that a step names. */
  stepFiles: 1_000,
  /** File groups of a candidate. */
  fileGroups: 100,
  /** Files of a file group. */
  groupFiles: 1_000,
  /** Candidates of one submission. */
  candidates: 10_000,
  /** File diffs of one step of a preview. */
  diffs: 10_000,
  /** Seconds that a step may take: 400 days. */
  timeoutSeconds: 400 * 86_400,
  /** Calls of one dispatch. */
  dispatchAttempts: 100,
  /** Seconds between two calls of one dispatch. */
  dispatchPauseSeconds: 86_400,
  /** Items of a page, and those of one that names no limit. */
  page: 500,
  defaultPage: 100,
  /** Attempts and step-attempts: what a database's integer holds. */
  counter: 2_147_483_647,
  /** Issues that a `validation_failed` tells. */
  issues: 50,
} as const;

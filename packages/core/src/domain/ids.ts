const MIGRATION_ID = /^[a-z0-9][a-z0-9._-]*$/;
const SEPARATOR = "__";

/** The longest migration id, in characters. */
export const MIGRATION_ID_MAX = 100;
/** The longest candidate id, in characters (UTF-16 code units). */
export const CANDIDATE_ID_MAX = 200;
/** The longest candidate id, in bytes of UTF-8. */
export const CANDIDATE_ID_MAX_BYTES = 400;
/** The longest step name, in characters (UTF-16 code units). */
export const STEP_NAME_MAX = 128;
/** The longest callback id, in characters. */
export const CALLBACK_ID_MAX = 2_000;

/** How a callback id begins: no run id can, for it begins with a lower-case letter or a digit. */
export const CALLBACK_PREFIX = "L1.";

const CALLBACK_REST = /^[A-Za-z0-9._-]+$/;

/** Says what is wrong with a migration id, or nothing. `__` and a trailing `_` would let a run id parse two ways. */
export function migrationIdProblem(id: string): string | undefined {
  if (id.length > MIGRATION_ID_MAX) return `is longer than ${MIGRATION_ID_MAX} characters`;
  if (!MIGRATION_ID.test(id)) return "must match [a-z0-9][a-z0-9._-]*";
  if (id.includes(SEPARATOR)) return "must not contain two underscores in a row";
  if (id.endsWith("_")) return "must not end with an underscore";
  return undefined;
}

/** Says what is wrong with a candidate id, or nothing. `.` and `..` are refused because a URL collapses them. */
export function candidateIdProblem(id: string): string | undefined {
  if (id === "." || id === "..") return "must not be . or .., which a URL collapses";
  if (id.length > CANDIDATE_ID_MAX) return `is longer than ${CANDIDATE_ID_MAX} characters`;
  if (utf8Length(id) > CANDIDATE_ID_MAX_BYTES)
    return `is longer than ${CANDIDATE_ID_MAX_BYTES} bytes of UTF-8`;
  return textProblem(id);
}

/** Says what is wrong with a step name, or nothing. */
export function stepNameProblem(name: string): string | undefined {
  if (name.length > STEP_NAME_MAX) return `is longer than ${STEP_NAME_MAX} characters`;
  return textProblem(name);
}

/** Says what is wrong with a callback id, or nothing. Migrators put it into a path unescaped. */
export function callbackIdProblem(id: string): string | undefined {
  if (id.length > CALLBACK_ID_MAX) return `is longer than ${CALLBACK_ID_MAX} characters`;
  const rest = id.startsWith(CALLBACK_PREFIX) ? id.slice(CALLBACK_PREFIX.length) : "";
  if (CALLBACK_REST.test(rest)) return undefined;
  return `must begin with ${CALLBACK_PREFIX} and hold only A-Z a-z 0-9 - _ .`;
}

/** Says what is wrong with a short line of text, or nothing: it is not empty, well formed and without control characters. */
export function textProblem(text: string): string | undefined {
  if (text === "") return "must not be empty";
  if (hasControlCharacter(text)) return "must not contain control characters";
  if (!isWellFormed(text)) return "must not contain lone surrogates";
  return undefined;
}

/** Whether every surrogate has its pair: Postgres and UTF-8 refuse the others. */
export function isWellFormed(text: string): boolean {
  return !/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/.test(text);
}

/** The deterministic id of the run of a migration for a candidate: also the engine's instance id. */
export function runIdOf(migrationId: string, candidateId: string): string {
  return `${migrationId}${SEPARATOR}${candidateId}`;
}

/** The inverse of {@link runIdOf}; `undefined` when the text is no run id. */
export function parseRunId(
  runId: string,
): { migrationId: string; candidateId: string } | undefined {
  const at = runId.indexOf(SEPARATOR);
  if (at < 0) return undefined;
  const migrationId = runId.slice(0, at);
  const candidateId = runId.slice(at + SEPARATOR.length);
  if (migrationIdProblem(migrationId) || candidateIdProblem(candidateId)) return undefined;
  return { migrationId, candidateId };
}

/** The number of bytes that well-formed text takes in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) bytes += utf8Width(character.codePointAt(0) ?? 0);
  return bytes;
}

function utf8Width(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}

function hasControlCharacter(text: string): boolean {
  return /\p{Cc}/u.test(text);
}

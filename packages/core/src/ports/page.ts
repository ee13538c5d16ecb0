/** Part of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Absent on the last page. */
  readonly nextCursor?: string;
}

/** Which part of a list. */
export interface PageRequest {
  /** From an earlier page of the same list; absent for the first. Whatever is none of that list is `validation_failed`. */
  readonly cursor?: string;
  readonly limit: number;
}

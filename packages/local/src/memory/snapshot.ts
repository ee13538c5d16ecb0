/**
 * A frozen deep copy of plain data, so that nobody outside can change what the store holds. What is frozen through and
 * through is taken as it is: a run's next state shares most of the last one, and only what is new is copied.
 * Properties that are `undefined` are left out, as in a store that writes JSON.
 */
export function snapshot<T>(value: T): T;
export function snapshot(value: unknown): unknown {
  if (typeof value !== "object" || value === null || isImmutable(value)) return value;
  return Object.freeze(Array.isArray(value) ? value.map(snapshotItem) : copyOf(value));
}

function snapshotItem(item: unknown): unknown {
  return snapshot(item);
}

function copyOf(value: object): object {
  const kept = Object.entries(value).filter(([, part]) => part !== undefined);
  // fromEntries defines each key, so that a key named __proto__ is data like any other.
  return Object.fromEntries(kept.map(([key, part]) => [key, snapshot(part)]));
}

function isImmutable(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return value !== undefined;
  return Object.isFrozen(value) && Object.values(value).every(isImmutable);
}

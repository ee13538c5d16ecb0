/** Freezes a value and all that it holds, so that a change in place throws. What is frozen already is left out, which keeps it cheap for states that share their parts. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const part of Object.values(value)) deepFreeze(part);
  return value;
}

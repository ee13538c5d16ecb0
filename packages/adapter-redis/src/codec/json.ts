/** JSON for what is only kept. Properties that are `undefined` are left out. */
export function toJson(value: unknown): string {
  return JSON.stringify(value);
}

/** JSON in ASCII with the keys of objects in order: equal values give equal texts, and a text can be cut anywhere. */
export function toStableJson(value: unknown): string {
  return JSON.stringify(inOrder(value)).replace(NOT_ASCII, escaped);
}

/** The inverse of both. */
export function fromJson(text: string): unknown {
  return JSON.parse(text);
}

const NOT_ASCII = /[\u007f-\uffff]/g;

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** `fromEntries` defines each key, so that a key named `__proto__` is data like any other. */
function inOrder(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(inOrder);
  const entries = Object.entries(value).map(([key, each]) => [key, inOrder(each)] as const);
  return Object.fromEntries(entries.toSorted(byKey));
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

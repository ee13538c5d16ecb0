/** JSON for what is only kept. Properties that are `undefined` are left out. */
export function toJson(value: unknown): string {
  return JSON.stringify(value);
}

/** JSON in ASCII with the keys of objects in order: equal values give equal texts, and a text can be cut anywhere. */
export function toStableJson(value: unknown): string {
  const text = isInOrder(value) ? JSON.stringify(value) : JSON.stringify(value, inOrder);
  return text.replace(NOT_ASCII, escaped);
}

/** The inverse of both. */
export function fromJson(text: string): unknown {
  return JSON.parse(text);
}

const NOT_ASCII = /[\u007f-\uffff]/g;

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Whether nothing has to be sorted, which is much quicker to find out than to do. */
function isInOrder(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (Array.isArray(value)) return value.every(isInOrder);
  let before = "";
  for (const [key, each] of Object.entries(value)) {
    if (key < before || !isInOrder(each)) return false;
    before = key;
  }
  return true;
}

/** `fromEntries` defines each key, so that a key named `__proto__` is data like any other. */
function inOrder(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const keys = Object.keys(value);
  if (keys.length < 2) return value;
  return Object.fromEntries(
    keys.toSorted().map((key) => [key, (value as Record<string, unknown>)[key]]),
  );
}

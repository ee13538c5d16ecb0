/**
 * The path of a URL as it was sent, so that no percent-encoded dot or slash is resolved before ids are told apart.
 *
 * @param url absolute, or the target of a request line
 */
export function rawPathOf(url: string): string {
  return url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, "").replace(/[?#].*$/s, "") || "/";
}

/** The query of a URL, by name; a name that comes twice has a list, which no field of the contract takes. */
export function queryOf(url: string): Readonly<Record<string, string | string[]>> {
  const at = url.indexOf("?");
  if (at < 0) return {};
  const found = new URLSearchParams(url.slice(at + 1).replace(/#.*$/s, ""));
  const names = new Set(found.keys());
  return Object.fromEntries([...names].map((name) => [name, single(found.getAll(name))]));
}

/** What lies below a base path; `undefined` when the path does not. */
export function pathBelow(basePath: string, path: string): string | undefined {
  return path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : undefined;
}

function single(values: string[]): string | string[] {
  const [first = ""] = values;
  return values.length === 1 ? first : values;
}

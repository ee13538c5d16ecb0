import { LoomError } from "@loom/core";
import type { Route, RouteId } from "@loom/core/wire";
import { routes } from "@loom/core/wire";
import type { PathParameters } from "./authorize.ts";

/** A route of the contract. */
export type KnownRoute = Route<RouteId>;

/** What a method and a path mean. */
export type Match =
  | { readonly route: KnownRoute; readonly parameters: PathParameters }
  | { readonly allow: string };

interface Template {
  readonly route: KnownRoute;
  readonly segments: readonly string[];
}

const templates: readonly Template[] = routes.map((route) => ({
  route,
  segments: segmentsOf(route.path),
}));

/**
 * Finds the route of a request. The raw path is split first and each id decoded once, so that an id may hold slashes and
 * dots and never becomes another path.
 *
 * @returns the methods to allow, when there is a route for another method only
 * @throws LoomError `not_found`; `validation_failed` when an id is not percent-encoded UTF-8
 */
export function matchRoute(method: string, path: string): Match {
  const segments = segmentsOf(path);
  const matching = templates.filter((template) => fits(template, segments));
  if (matching.length === 0) throw new LoomError("not_found", "Loom has no such address.");
  const wanted = method === "HEAD" ? "GET" : method;
  const found = matching.find(({ route }) => route.method === wanted);
  return found
    ? { route: found.route, parameters: parametersOf(found, segments) }
    : { allow: allowed(matching) };
}

function segmentsOf(path: string): readonly string[] {
  return path.split("/").slice(1);
}

function fits(template: Template, segments: readonly string[]): boolean {
  return (
    template.segments.length === segments.length &&
    template.segments.every((part, index) => {
      const segment = segments[index];
      return isParameter(part) ? segment !== "" : part === segment;
    })
  );
}

function isParameter(part: string): boolean {
  return part.startsWith("{");
}

function parametersOf(template: Template, segments: readonly string[]): PathParameters {
  const named = template.segments.flatMap((part, index) =>
    isParameter(part) ? [[part.slice(1, -1), segments[index] ?? ""] as const] : [],
  );
  return Object.fromEntries(named.map(([name, segment]) => [name, decoded(name, segment)]));
}

function decoded(name: string, segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    const issues = [{ path: name, message: "must be percent-encoded UTF-8" }];
    throw new LoomError("validation_failed", `${name} must be percent-encoded UTF-8.`, {
      details: { issues },
    });
  }
}

function allowed(matching: readonly Template[]): string {
  const methods = matching.map(({ route }) => route.method);
  return methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method])).join(", ");
}

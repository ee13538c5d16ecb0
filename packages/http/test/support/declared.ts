import type { LoomErrorCode } from "@loom/core";
import { routes } from "@loom/core/wire";
import { expect } from "vitest";

/** What any address may answer: there is no route, or the service in front uses Loom wrongly. */
const ANYWHERE: readonly LoomErrorCode[] = [
  "not_found",
  "method_not_allowed",
  "invalid_configuration",
];

/** Holds a problem against the codes that its route declares; `/loom` is where tests mount a Loom. */
export function expectDeclared(method: string, path: string, problem: unknown): void {
  const { code } = problem as { code: LoomErrorCode };
  const route = routeAt(method === "HEAD" ? "GET" : method, path.replace(/^\/loom(?=\/)/, ""));
  const declared = [...ANYWHERE, ...(route?.errors ?? [])];
  expect(declared, `${method} ${path}: ${route?.id} declares`).toContain(code);
}

function routeAt(method: string, path: string) {
  const bare = path.replace(/[?#].*$/s, "");
  return routes.find((route) => {
    const template = new RegExp(`^${route.path.replace(/\{\w+\}/g, "[^/]+")}$`);
    return route.method === method && template.test(bare);
  });
}

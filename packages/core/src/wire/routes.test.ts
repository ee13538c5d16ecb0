import { expect, test } from "vitest";
import { LOOM_ERRORS } from "../errors.ts";
import type { Route } from "./index.ts";
import { routes } from "./index.ts";

const all: readonly Route[] = routes;

test("every route of the contract is there, with its answer", () => {
  expect(all.map(({ method, path, success }) => `${method} ${path} ${success.status}`)).toEqual([
    "POST /registry/announce 200",
    "POST /migrations/{id}/candidates 200",
    "POST /event/{callbackId} 202",
    "GET /migrations 200",
    "GET /migrations/{id} 200",
    "GET /migrations/{id}/candidates 200",
    "GET /migrations/{id}/candidates/{candidateId} 200",
    "GET /migrations/{id}/candidates/{candidateId}/steps 200",
    "GET /migrations/{id}/cancelled-attempts 200",
    "GET /migrations/{id}/history 200",
    "POST /migrations/{id}/candidates/{candidateId}/queue 200",
    "DELETE /migrations/{id}/candidates/{candidateId}/dequeue 204",
    "POST /migrations/{id}/candidates/{candidateId}/execute 202",
    "POST /migrations/{id}/candidates/{candidateId}/start 202",
    "POST /migrations/{id}/candidates/{candidateId}/cancel 204",
    "POST /migrations/{id}/candidates/{candidateId}/retry-step 202",
    "PATCH /migrations/{id}/candidates/{candidateId}/inputs 204",
    "POST /migrations/{id}/candidates/{candidateId}/dry-run 200",
    "POST /migrations/{id}/dry-run 200",
    "GET /openapi.json 200",
    "GET /healthz 200",
    "GET /readyz 200",
  ]);
});

test("ids and actions name one route each", () => {
  for (const names of [all.map(({ id }) => id), all.map(({ action }) => action)])
    expect(new Set(names).size).toBe(names.length);
});

test.each(all)(
  "$id says what it may answer",
  ({ audience, body, query, path, success, errors }) => {
    expect(errors).toContain("internal_error");
    expect(errors.every((code) => Object.hasOwn(LOOM_ERRORS, code))).toBe(true);
    expect(errors.includes("forbidden")).toBe(audience !== "public");
    expect(errors.includes("payload_too_large")).toBe(body !== undefined);
    expect(errors.includes("migration_not_found")).toBe(/\{(id|callbackId)\}/.test(path));
    expect(errors.includes("candidate_not_found")).toBe(/\{(candidateId|callbackId)\}/.test(path));
    const reads = Boolean(body ?? query) || path.includes("{");
    expect(errors.includes("validation_failed")).toBe(reads);
    expect(success.schema === undefined).toBe(
      success.status === 204 || path.endsWith("retry-step"),
    );
  },
);

test("only lists of candidates may be large, and only what needs fields needs a body", () => {
  const large = all.filter(({ body }) => body?.limit === "candidates").map(({ id }) => id);
  expect(large).toEqual(["announceMigration", "submitCandidates"]);
  const bodies = all.flatMap(({ body }) => body ?? []);
  for (const { schema, optional } of bodies)
    expect(schema.safeParse({}).success).toBe(optional ?? false);
});

test("only a report may authorise itself", () => {
  expect(all.filter(({ capability }) => capability).map(({ id }) => id)).toEqual(["reportStep"]);
});

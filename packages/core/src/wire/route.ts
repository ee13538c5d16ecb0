import type * as z from "zod";
import type { LoomErrorCode } from "../errors.ts";

/** What `authorize` is asked about. */
export type RouteAction =
  | "migration.announce"
  | "migration.list"
  | "migration.read"
  | "candidates.submit"
  | "candidates.list"
  | "candidate.read"
  | "candidate.preview"
  | "run.read"
  | "run.queue"
  | "run.dequeue"
  | "run.execute"
  | "run.start"
  | "run.cancel"
  | "run.retry"
  | "run.inputs"
  | "run.dryRun"
  | "step.report"
  | "attempts.list"
  | "history.list"
  | "openapi.read"
  | "health.live"
  | "health.ready";

/** Who a route is for. `public` ones ask nobody. */
export type RouteAudience = "migrator" | "operator" | "public";

/** How large a body may be, in bytes, by the route's `bodyLimit`. */
export const BODY_LIMITS = { default: 1024 * 1024, candidates: 8 * 1024 * 1024 } as const;

/** What a route takes as its body. */
export interface RouteBody {
  readonly schema: z.ZodType;
  /** A request without a body means an empty object. */
  readonly optional?: true;
  readonly limit: keyof typeof BODY_LIMITS;
}

/** What a route answers when all is well; without a schema there is no body. */
export interface RouteSuccess {
  readonly status: 200 | 202 | 204;
  readonly description: string;
  readonly schema?: z.ZodType;
}

/** One route of the contract. */
export interface Route<Id extends string = string> {
  /** Unique; also the `operationId` of the OpenAPI document. */
  readonly id: Id;
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** A template whose `{names}` are percent-encoded ids. */
  readonly path: string;
  readonly action: RouteAction;
  readonly audience: RouteAudience;
  /** The name of a path parameter that is its own authorisation when it is a callback id (begins with `L1.`). */
  readonly capability?: "callbackId";
  readonly summary: string;
  readonly description: string;
  readonly body?: RouteBody;
  readonly query?: z.ZodType;
  readonly success: RouteSuccess;
  /** Every code that it may answer with. */
  readonly errors: readonly LoomErrorCode[];
}

/** Completes the errors of a route: those of its own, and those that follow from what it takes and for whom it is. */
export function defineRoute<const Id extends string>(route: Route<Id>): Route<Id> {
  const errors = [...impliedErrors(route), ...route.errors];
  return { ...route, errors: [...new Set(errors)] };
}

function impliedErrors({ audience, body, query, path }: Route): LoomErrorCode[] {
  const codes: LoomErrorCode[] = [];
  if (body || query || path.includes("{")) codes.push("validation_failed");
  if (audience !== "public") codes.push("unauthenticated", "forbidden");
  // The engine's is also what a Loom that is closed answers, whatever it is asked.
  if (audience !== "public") codes.push("store_unavailable", "engine_unavailable");
  if (body) codes.push("payload_too_large", "unsupported_media_type");
  if (path.startsWith("/migrations/{id}")) codes.push("migration_not_found");
  if (path.includes("{candidateId}")) codes.push("candidate_not_found");
  return [...codes, "internal_error"];
}

import type { LoomErrorCode } from "@loom/core";
import { LOOM_ERRORS } from "@loom/core";
import type { Route } from "@loom/core/wire";
import { ProblemSchema } from "@loom/core/wire";
import * as z from "zod";
import type {
  ZodOpenApiOperationObject,
  ZodOpenApiPathsObject,
  ZodOpenApiResponseObject,
} from "zod-openapi";
import { parametersOf } from "./components.ts";
import { exampleOf } from "./examples.ts";
import { PATH_PARAMETERS } from "./prose.ts";

const SECURITY = {
  migrator: [{ migratorToken: [] }],
  operator: [{ operatorToken: [] }],
  public: [],
};
const BODY_SIZES = { default: "1 MiB", candidates: "8 MiB" };

const OTHER_REFUSAL = {
  ...problemBody("Any other refusal, such as `method_not_allowed`."),
  id: "OtherRefusal",
};

/** The `paths` of the routes that Loom serves. */
export function pathsOf(routes: readonly Route[]): ZodOpenApiPathsObject {
  const paths: ZodOpenApiPathsObject = {};
  for (const route of routes) {
    const method = route.method.toLowerCase() as "get" | "post" | "patch" | "delete";
    paths[route.path] = { ...paths[route.path], [method]: operationOf(route) };
  }
  return paths;
}

function operationOf(route: Route): ZodOpenApiOperationObject {
  const { id, summary, description, audience, capability, body, query } = route;
  const path = pathParameters(route.path);
  return {
    operationId: id,
    summary,
    description,
    tags: [capability ? "migrator" : audience],
    security: capability ? [{}, ...SECURITY[audience]] : SECURITY[audience],
    ...((path || query) && {
      requestParams: {
        ...(path && { path }),
        ...(query && { query: parametersOf(query) }),
      },
    }),
    ...(body && {
      requestBody: {
        required: !body.optional,
        description: `At most ${BODY_SIZES[body.limit]}.${body.optional ? " May be left out." : ""}`,
        content: { "application/json": { schema: body.schema, ...exampleOf(id) } },
      },
    }),
    responses: responsesOf(route),
  };
}

function pathParameters(path: string): z.ZodObject | undefined {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
  if (names.length === 0) return undefined;
  return z.object(
    Object.fromEntries(
      names.map((name) => [name, z.string().describe(PATH_PARAMETERS[name] ?? "")]),
    ),
  );
}

function responsesOf({ success, errors }: Route): ZodOpenApiOperationObject["responses"] {
  const statuses = new Set(errors.map((code) => LOOM_ERRORS[code].status));
  const problems = [...statuses].map((status) => {
    const codes = errors.filter((code) => LOOM_ERRORS[code].status === status);
    return [status, problemResponse(status, codes)];
  });
  return {
    [success.status]: {
      description: success.description,
      ...(success.schema && { content: { "application/json": { schema: success.schema } } }),
    },
    ...Object.fromEntries(problems),
    "4XX": OTHER_REFUSAL,
  };
}

const shared = new Map<string, ZodOpenApiResponseObject>();

/** The same codes are one component, named after them. */
function problemResponse(
  status: number,
  codes: readonly LoomErrorCode[],
): ZodOpenApiResponseObject {
  const id = codes.map(pascalCase).join("Or");
  const response = shared.get(id) ?? { ...problemBody(meaningOf(codes)), ...headersOf(status), id };
  shared.set(id, response);
  return response;
}

function meaningOf(codes: readonly LoomErrorCode[]): string {
  return codes.map((code) => `\`${code}\`: ${LOOM_ERRORS[code].title}.`).join(" ");
}

function headersOf(status: number): Pick<ZodOpenApiResponseObject, "headers"> {
  if (status !== LOOM_ERRORS.store_unavailable.status) return {};
  return {
    headers: z.object({
      "Retry-After": z.int().min(0).describe("Seconds after which to try again."),
    }),
  };
}

function pascalCase(code: string): string {
  return code.replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function problemBody(description: string): ZodOpenApiResponseObject {
  return { description, content: { "application/problem+json": { schema: ProblemSchema } } };
}

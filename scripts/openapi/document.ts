import { routes } from "@loom/core/wire";
import { createDocument } from "zod-openapi";
import { namedSchemas } from "./components.ts";
import { pathsOf } from "./operations.ts";
import { INTRODUCTION, TAGS } from "./prose.ts";
import { webhooks } from "./webhooks.ts";

/** The version of the contract, not of a package: it grows when the contract does. */
const CONTRACT_VERSION = "1.0.0";

const TOKEN = "An example: which tokens there are is up to the service that Loom is embedded in.";

/** The OpenAPI 3.1 document of the contract, both directions. */
export function openapiDocument(): ReturnType<typeof createDocument> {
  return createDocument(
    {
      openapi: "3.1.0",
      info: {
        title: "Loom",
        version: CONTRACT_VERSION,
        description: INTRODUCTION,
        license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      },
      servers: [{ url: "/", description: "Where the host has mounted Loom." }],
      tags: TAGS,
      paths: pathsOf(routes),
      webhooks,
      components: {
        schemas: namedSchemas(),
        securitySchemes: {
          migratorToken: { type: "http", scheme: "bearer", description: TOKEN },
          operatorToken: { type: "http", scheme: "bearer", description: TOKEN },
        },
      },
    },
    { override: ({ jsonSchema }) => loosen(jsonSchema) },
  );
}

/**
 * Both sides ignore what they do not know, so no object is closed; requests and answers are the same then. The bounds of
 * safe integers are JavaScript's, not the contract's.
 */
function loosen(schema: Record<string, unknown>): void {
  if (schema["additionalProperties"] === false) delete schema["additionalProperties"];
  if (schema["maximum"] === Number.MAX_SAFE_INTEGER) delete schema["maximum"];
  if (schema["minimum"] === Number.MIN_SAFE_INTEGER) delete schema["minimum"];
}

import {
  CompensateStepRequestSchema,
  DispatchStepRequestSchema,
  DryRunRequestSchema,
  DryRunResultSchema,
} from "@loom/core/wire";
import * as z from "zod";
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from "zod-openapi";
import { exampleOf } from "./examples.ts";

const REFUSAL = {
  description:
    "Refused: the step fails with this message. 429 is no refusal: it is repeated, after `Retry-After` at the soonest.",
  content: {
    "application/json": {
      schema: z.object({ message: z.string().describe("Why, for people.") }),
    },
  },
};
const LATER = {
  description: "Repeated with doubling pauses, under the same `dispatchId`.",
  headers: z.object({
    "Retry-After": z.int().min(0).describe("Seconds to wait at least.").optional(),
  }),
};
const ACCEPTED = {
  description:
    "Accepted; any 2xx will do, and its body is not read. The outcome comes by `POST /event/{callbackId}`.",
};

const signature = z.object({
  "webhook-id": z
    .string()
    .describe("Standard Webhooks: the id of the message; of a dispatch its `dispatchId`.")
    .optional(),
  "webhook-timestamp": z
    .string()
    .describe(
      "Standard Webhooks: seconds since the Unix epoch; refuse one more than 5 minutes off.",
    )
    .optional(),
  "webhook-signature": z
    .string()
    .describe(
      "Standard Webhooks: one or more of `v1,` and the base64 of HMAC-SHA-256 over `{webhook-id}.{webhook-timestamp}.{body}`, separated by spaces. Sent when Loom has a signing secret.",
    )
    .optional(),
});

/** The calls that Loom makes to a migrator. */
export const webhooks: ZodOpenApiPathsObject = {
  dispatchStep: {
    post: call({
      operationId: "dispatchStep",
      summary: "POST {migratorUrl}/dispatch-step",
      description:
        "Perform a step. Delivered at least once per `dispatchId`; accept a known one again without working twice. Reports may come before this is answered.",
      requestBody: bodyOf("dispatchStep", DispatchStepRequestSchema),
      responses: { "2XX": ACCEPTED, "4XX": REFUSAL, "5XX": LATER },
    }),
  },
  compensateStep: {
    post: call({
      operationId: "compensateStep",
      summary: "POST {migratorUrl}/compensate-step",
      description:
        "Undo a step, under the same rules as a dispatch, and report it the same way. Only steps marked `compensable` are undone. Undoing work that was never done succeeds.",
      requestBody: bodyOf("compensateStep", CompensateStepRequestSchema),
      responses: { "2XX": ACCEPTED, "4XX": REFUSAL, "5XX": LATER },
    }),
  },
  dryRun: {
    post: call({
      operationId: "dryRun",
      summary: "POST {migratorUrl}/dry-run",
      description:
        "Say what the steps would do to the candidate, without writing anything anywhere. A step that changes nothing, or cannot be previewed, is `skipped`; one that would fail has an `error`. Asked once, with the operator waiting.",
      requestBody: bodyOf("dryRun", DryRunRequestSchema),
      responses: {
        "200": {
          description: "What each step would do.",
          content: {
            "application/json": { schema: DryRunResultSchema, ...exampleOf("dryRunResult") },
          },
        },
        "4XX": { description: "No preview: the operator is told `migrator_bad_response`." },
        "5XX": { description: "No preview: the operator is told `migrator_bad_response`." },
      },
    }),
  },
};

function call(operation: ZodOpenApiOperationObject): ZodOpenApiOperationObject {
  return { ...operation, tags: ["dispatch"], security: [], requestParams: { header: signature } };
}

function bodyOf(
  id: string,
  schema: z.ZodType,
): NonNullable<ZodOpenApiOperationObject["requestBody"]> {
  return { required: true, content: { "application/json": { schema, ...exampleOf(id) } } };
}

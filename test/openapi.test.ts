import { readFileSync } from "node:fs";
import * as wire from "@loom/core/wire";
import { compileErrors, validate } from "@readme/openapi-parser";
import { expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import { openapiDocument as served } from "../packages/http/src/openapi.generated.ts";
import { openapiDocument } from "../scripts/openapi/document.ts";
import { EXAMPLES } from "../scripts/openapi/examples.ts";
import { webhooks } from "../scripts/openapi/webhooks.ts";

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly security: readonly Record<string, unknown>[];
  readonly parameters?: readonly {
    readonly in: string;
    readonly name: string;
    readonly description?: string;
  }[];
  readonly responses: Readonly<Record<string, object>>;
}

const plain = JSON.parse(JSON.stringify(openapiDocument())) as {
  paths: Record<string, Record<string, Operation>>;
  webhooks: Record<string, Record<string, Operation>>;
};
const allRoutes = wire.routes as readonly wire.Route[];
const operationOf = ({ path, method }: wire.Route) => plain.paths[path]?.[method.toLowerCase()];

test("the committed document and the served one are what the contract's code says", () => {
  expect(parseYaml(readFileSync("openapi.yaml", "utf8"))).toEqual(plain);
  expect(served).toEqual(plain);
});

test("the document is valid, and every reference in it leads somewhere", async () => {
  const result = await validate(structuredClone(plain) as never);
  expect(result.valid ? "valid" : compileErrors(result)).toBe("valid");
});

test.each(allRoutes)("$id is described for people and tools", (route) => {
  const operation = operationOf(route);
  expect(operation).toMatchObject({
    operationId: route.id,
    summary: route.summary,
    description: route.description,
  });
  expect(operation?.tags).toHaveLength(1);
  expect(operation?.parameters?.filter(({ description }) => !description) ?? []).toEqual([]);
});

test("there is no operation but those of the routes", () => {
  const operations = Object.values(plain.paths).flatMap((item) => Object.values(item));
  expect(operations.map(({ operationId }) => operationId).toSorted()).toEqual(
    allRoutes.map(({ id }) => id).toSorted(),
  );
});

test("every operation but the public ones needs a token, or its own capability", () => {
  for (const route of allRoutes) {
    const schemes = operationOf(route)?.security.flatMap((one) => Object.keys(one));
    expect(schemes).toEqual(route.audience === "public" ? [] : [`${route.audience}Token`]);
  }
  expect(
    allRoutes
      .filter((route) => operationOf(route)?.security.some((one) => Object.keys(one).length === 0))
      .map(({ id }) => id),
  ).toEqual(["reportStep"]);
});

test("every call that Loom makes to a migrator is described", () => {
  expect(Object.values(plain.webhooks).map(({ post }) => post?.summary)).toEqual([
    "POST {migratorUrl}/dispatch-step",
    "POST {migratorUrl}/compensate-step",
    "POST {migratorUrl}/dry-run",
  ]);
  expect(Object.keys(webhooks)).toEqual(Object.keys(plain.webhooks));
});

test("the examples are what Loom and migrators accept", () => {
  const bodies: Record<string, Parameters<typeof wire.parse>[0]> = {
    dispatchStep: wire.DispatchStepRequestSchema,
    compensateStep: wire.CompensateStepRequestSchema,
    dryRun: wire.DryRunRequestSchema,
    dryRunResult: wire.DryRunResultSchema,
  };
  for (const { id, body } of allRoutes) if (body) bodies[id] = body.schema;
  for (const [id, example] of Object.entries(EXAMPLES)) {
    const schema = bodies[id] ?? wire.ProblemSchema;
    expect(wire.parse(schema, example)).toEqual(example);
  }
});

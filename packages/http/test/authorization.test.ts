import type { Loom } from "@loom/core";
import { LoomError } from "@loom/core";
import { routes } from "@loom/core/wire";
import type { AuthorizeRequest, HandlerOptions } from "@loom/http";
import { anyOf, bearerTokens, createLoomHandler } from "@loom/http";
import { describe, expect, test } from "vitest";
import type { Caller } from "./support/stage.ts";
import { announcementOf, silent, stageLoom, stageServer, tokens, TOKENS } from "./support/stage.ts";

const IDS: Readonly<Record<string, string>> = {
  id: "chart-upgrade",
  candidateId: "billing",
  callbackId: "chart-upgrade__billing",
};
const pathOf = (template: string): string =>
  template.replace(/\{(\w+)\}/g, (_, name: string) => IDS[name] ?? name);

const CALLERS: readonly Caller[] = ["nobody", "migrator", "operator"];

/** What the gate says, before anything else is looked at. */
const verdict = (audience: string, caller: Caller): string => {
  if (audience === "public" || audience === caller) return "in";
  return caller === "nobody" ? "unauthenticated" : "forbidden";
};

describe("every route lets in its own audience and nobody else", () => {
  const matrix = routes.flatMap((route) =>
    CALLERS.map(
      (caller) => [route.method, route.path, caller, verdict(route.audience, caller)] as const,
    ),
  );
  test.each(matrix)("%s %s as %s: %s", async (method, path, as, expected) => {
    const { send, loom, migratorUrl } = await stageServer();
    await loom.announce(announcementOf(migratorUrl));
    const { status, json, headers } = await send({ method, path: pathOf(path), as });
    const found = { 401: "unauthenticated", 403: "forbidden" }[status] ?? "in";
    expect(found).toBe(expected);
    expect(headers["www-authenticate"]).toBe(status === 401 ? 'Bearer realm="loom"' : undefined);
    expect(json).toMatchObject(found === "in" ? {} : { code: found });
    const { counts } = await loom.getMigration("chart-upgrade");
    expect(counts.notStarted === 2 || found === "in").toBe(true);
  });
});

test("a plain run id asks who acts, with what the id says", async () => {
  const { asked, handler } = await recording(() => "forbidden");
  await handler(new Request("http://loom.example/event/chart-upgrade__a%2Fb", { method: "POST" }));
  expect(asked).toMatchObject([
    {
      action: "step.report",
      audience: "operator",
      migrationId: "chart-upgrade",
      candidateId: "a/b",
    },
  ]);
});

test("a callback id asks nobody, and a foreign one is unauthenticated", async () => {
  const { asked, handler } = await recording(() => "forbidden");
  const reply = await handler(
    post("/event/L1.abc.def", { stepName: "a", candidateId: "b", success: true }),
  );
  expect(reply.status).toBe(401);
  expect(asked).toEqual([]);
});

test("the body is not read for a caller who is not let in", async () => {
  const { handler } = await recording(() => "unauthenticated");
  const request = post("/registry/announce", {});
  expect((await handler(request)).status).toBe(401);
  expect(request.bodyUsed).toBe(false);
});

test("authorize may be late, sees the context, and its actor alone is kept", async () => {
  const user = { id: "olga", name: "Olga", password: "secret" };
  const { asked, handler, loom } = await recording(async () => user);
  expect(
    (
      await handler(
        post("/registry/announce", announcementOf("http://charts.example")),
        "the context",
      )
    ).status,
  ).toBe(200);
  expect(asked).toMatchObject([{ action: "migration.announce", context: "the context" }]);
  const { history } = await loom.listHistory("chart-upgrade");
  expect(history.map(({ actor }) => actor)).toContainEqual({ id: "olga", name: "Olga" });
});

test.each([undefined, null, true, "yes", 7, {}, { name: "nobody" }, { id: "" }])(
  "the answer %j lets nobody in",
  async (answer) => {
    const { handler } = await recording(() => answer as unknown as "forbidden");
    expect((await handler(new Request("http://loom.example/migrations"))).status).toBe(403);
  },
);

test("an authorize that throws is an internal error that tells nothing and is logged", async () => {
  const { loom } = await stageLoom();
  const logged: unknown[] = [];
  const handler = createLoomHandler(loom, {
    authorize: () => {
      throw new Error("connect 10.0.0.7:5432 password=hunter2");
    },
    logger: { ...silent, error: (fields) => void logged.push(fields) },
  });
  const reply = await handler(new Request("http://loom.example/migrations"));
  const { code, detail } = (await reply.json()) as { code: string; detail: string };
  expect([reply.status, code]).toEqual([500, "internal_error"]);
  expect(detail).not.toContain("hunter2");
  const [{ requestId, err }] = logged as [{ requestId: string; err: unknown }];
  expect(detail).toContain(requestId);
  expect(err).toMatchObject({ message: "connect 10.0.0.7:5432 password=hunter2" });
});

test("a LoomError of authorize is its own answer", async () => {
  const { handler } = await recording(() => {
    throw new LoomError("store_unavailable", "No users today.", {
      details: { retryAfterSeconds: 9 },
    });
  });
  const reply = await handler(new Request("http://loom.example/migrations"));
  expect([reply.status, reply.headers.get("retry-after")]).toEqual([503, "9"]);
});

test("allowUnauthenticated lets everybody in", async () => {
  const { loom } = await stageLoom();
  const handler = createLoomHandler(loom, { allowUnauthenticated: true });
  expect((await handler(new Request("http://loom.example/migrations"))).status).toBe(200);
});

test.each([
  ["neither authorize nor allowUnauthenticated", {}],
  ["allowUnauthenticated: false alone", { allowUnauthenticated: false }],
  ["both", { authorize: () => "forbidden", allowUnauthenticated: true }],
  ["a relative basePath", { allowUnauthenticated: true, basePath: "loom" }],
])("refuses to be made with %s", async (_, options) => {
  const { loom } = await stageLoom();
  expect(() => createLoomHandler(loom, options as HandlerOptions)).toThrow(
    expect.objectContaining({ code: "invalid_configuration" }),
  );
});

describe("bearerTokens", () => {
  const ask = (authorization: string | undefined, audience: "operator" | "migrator") =>
    bearerTokens(tokens)({
      request: new Request("http://loom.example/", {
        headers: authorization === undefined ? {} : { authorization },
      }),
      audience,
    } as AuthorizeRequest<unknown>);

  test("knows operators and migrators apart", async () => {
    expect(await ask(`Bearer ${TOKENS.operator}`, "operator")).toEqual({ id: "olga" });
    expect(await ask(`bearer ${TOKENS.migrator}`, "migrator")).toEqual({ id: "charts" });
    expect(await ask(`Bearer ${TOKENS.operator}`, "migrator")).toBe("forbidden");
    expect(await ask(`Bearer ${TOKENS.migrator}`, "operator")).toBe("forbidden");
  });

  test.each([
    undefined,
    "",
    "Bearer",
    "Bearer ",
    TOKENS.operator,
    `Basic ${TOKENS.operator}`,
    `Bearer ${TOKENS.operator}x`,
    `Bearer ${TOKENS.operator.slice(0, -1)}`,
    `Bearer ${TOKENS.operator} x`,
    "Bearer __proto__",
  ])("does not know %j", async (authorization) => {
    expect(await ask(authorization, "operator")).toBe("unauthenticated");
  });

  test.each([
    { operator: { short: { id: "a" } } },
    { operator: { [TOKENS.operator]: { id: "a" } }, migrator: { [TOKENS.operator]: { id: "b" } } },
  ])("refuses to be made with %j", (given) => {
    expect(() => bearerTokens(given)).toThrow(LoomError);
  });
});

test.each([
  [["unauthenticated", "unauthenticated"], "unauthenticated"],
  [["forbidden", "unauthenticated"], "forbidden"],
  [["unauthenticated", "forbidden"], "forbidden"],
  [["forbidden", { id: "a" }], { id: "a" }],
  [[{ id: "a" }, "forbidden"], { id: "a" }],
  [[], "unauthenticated"],
] as const)("anyOf %j is %j", async (answers, expected) => {
  const authorize = anyOf(...answers.map((answer) => () => answer));
  expect(await authorize({} as AuthorizeRequest<unknown>)).toEqual(expected);
});

const post = (path: string, body: unknown): Request =>
  new Request(`http://loom.example${path}`, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
  });

/** A handler that remembers what its authorize was asked. */
async function recording(answer: NonNullable<HandlerOptions["authorize"]>) {
  const { loom }: { loom: Loom } = await stageLoom();
  const asked: unknown[] = [];
  const handler = createLoomHandler(loom, {
    authorize: (question) => {
      asked.push(question);
      return answer(question);
    },
    logger: silent,
  });
  return { asked, handler, loom };
}

import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Loom } from "@loom/core";
import { routes } from "@loom/core/wire";
import type { AuthorizeRequest } from "@loom/http";
import { createLoomHandler } from "@loom/http";
import { loomFastify } from "@loom/http/fastify";
import { loomNode } from "@loom/http/node";
import express from "express";
import type { FastifyRequest } from "fastify";
import fastify from "fastify";
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import { describe, expect, onTestFinished, test } from "vitest";
import { httpServer } from "./support/servers.ts";
import { announcementOf, send, silent, stageLoom } from "./support/stage.ts";

type User = { email: string } | undefined;

/** Who the service in front has logged in. */
const userOf = ({ headers }: IncomingMessage): User =>
  headers["x-user"] === undefined ? undefined : { email: String(headers["x-user"]) };
const authorize = ({ context: user }: AuthorizeRequest<User>) =>
  user ? { id: user.email } : ("unauthenticated" as const);

/** Loom below `/loom`, in every kind of host. */
const hosts: Readonly<Record<string, (loom: Loom) => Promise<string>>> = {
  "node:http": (loom) =>
    httpServer(loomNode(loom, { authorize, context: userOf, basePath: "/loom", logger: silent })),
  "Express, by its mount path": (loom) =>
    httpServer(
      express().use("/loom", loomNode(loom, { authorize, context: userOf, logger: silent })),
    ),
  "Express, by its mount path and basePath": (loom) => {
    const mount = loomNode(loom, { authorize, context: userOf, basePath: "/loom", logger: silent });
    return httpServer(express().use("/loom", mount));
  },
  "Express, by basePath": (loom) =>
    httpServer(
      express().use(
        loomNode(loom, { authorize, context: userOf, basePath: "/loom", logger: silent }),
      ),
    ),
  "Express, in a router of a parameter": (loom) => {
    const router = express
      .Router()
      .use("/:part", loomNode(loom, { authorize, context: userOf, logger: silent }));
    return httpServer(express().use(router));
  },
  Fastify: async (loom) => {
    const app = fastify();
    const context = ({ raw }: FastifyRequest): User => userOf(raw);
    await app.register(loomFastify(loom, { authorize, context, logger: silent }), {
      prefix: "/loom",
    });
    return fastifyServer(app);
  },
  "Fastify, below a prefix of a parameter": async (loom) => {
    const app = fastify();
    const context = ({ raw }: FastifyRequest): User => userOf(raw);
    await app.register(loomFastify(loom, { authorize, context, logger: silent }), {
      prefix: "/:part",
    });
    return fastifyServer(app);
  },
  Hono: (loom) => {
    const handler = createLoomHandler<User>(loom, { authorize, basePath: "/loom", logger: silent });
    const app = new Hono().all("/loom/*", ({ req }) => {
      const email = req.header("x-user");
      return handler(req.raw, email === undefined ? undefined : { email });
    });
    return httpServer(getRequestListener(app.fetch, { overrideGlobalObjects: false }));
  },
};

async function fastifyServer(app: ReturnType<typeof fastify>): Promise<string> {
  onTestFinished(() => app.close());
  return app.listen({ host: "127.0.0.1", port: 0 });
}

describe.each(Object.entries(hosts))("in %s", (_, host) => {
  const stage = async () => {
    const { loom, migratorUrl } = await stageLoom();
    const origin = await host(loom);
    const call = (path: string, more: object = {}) =>
      send(origin, { as: "nobody", headers: { "x-user": "olga@example" }, ...more, path });
    return { loom, migratorUrl, call };
  };

  test("a migration is announced, started and read below the base path", async () => {
    const { loom, migratorUrl, call } = await stage();
    const body = announcementOf(migratorUrl);
    expect((await call("/loom/registry/announce", { method: "POST", body })).status).toBe(200);
    const start = "/loom/migrations/chart-upgrade/candidates/billing/start";
    expect((await call(start, { method: "POST" })).status).toBe(202);
    expect((await call("/loom/migrations?x=1")).json).toMatchObject({ migrations: [{}] });
    const { history } = await loom.listHistory("chart-upgrade");
    expect(history.map(({ action, actor }) => [action, actor.id])).toContainEqual([
      "start",
      "olga@example",
    ]);
  });

  test("the context of the host decides", async () => {
    const { call } = await stage();
    expect((await call("/loom/migrations", { headers: {} })).status).toBe(401);
    expect((await call("/loom/healthz", { headers: {} })).status).toBe(200);
  });

  test("ids arrive as they were sent", async () => {
    const { loom, migratorUrl, call } = await stage();
    await loom.announce(announcementOf(migratorUrl));
    const ids = [
      "a/b",
      "..a/../b",
      "{x}:%2f",
      "über alles?",
      "a%b",
      "__proto__",
      "c#d",
      "x".repeat(200),
    ];
    await loom.submitCandidates("chart-upgrade", { candidates: ids.map((id) => ({ id })) });
    const paths = ids.map(
      (id) => `/loom/migrations/chart-upgrade/candidates/${encodeURIComponent(id)}`,
    );
    const replies = await Promise.all(paths.map((path) => call(path)));
    expect(replies.map(({ json }) => (json as { id: string }).id)).toEqual(ids);
  });

  test("what is unknown, wrong or too much is a problem", async () => {
    const { call } = await stage();
    expect((await call("/loom/nowhere")).json).toMatchObject({ code: "not_found" });
    const wrong = await call("/loom/migrations", { method: "DELETE" });
    expect([wrong.status, wrong.headers["allow"]]).toEqual([405, "GET, HEAD"]);
    const announce = (body: string, headers: object = {}) =>
      call("/loom/registry/announce", {
        method: "POST",
        body,
        headers: { "x-user": "a", "content-type": "application/json", ...headers },
      });
    expect((await announce("{")).json).toMatchObject({ code: "validation_failed" });
    expect((await announce("{}", { "content-type": "text/plain" })).json).toMatchObject({
      code: "unsupported_media_type",
    });
    expect((await announce("{}", { "content-type": "///" })).json).toMatchObject({
      code: "unsupported_media_type",
    });
    expect((await announce(" ".repeat((8 << 20) + 1))).json).toMatchObject({
      code: "payload_too_large",
    });
    expect((await announce(`{}${" ".repeat(4 << 20)}`)).json).toMatchObject({
      code: "validation_failed",
    });
  });

  test("HEAD of every GET route answers as GET does, without the body", async () => {
    const { loom, migratorUrl, call } = await stage();
    await loom.announce(announcementOf(migratorUrl));
    const readable = routes.filter(({ method }) => method === "GET");
    const paths = readable.map(({ path }) =>
      path.replace("{id}", "chart-upgrade").replace("{candidateId}", "billing"),
    );
    for (const path of [...paths, "/migrations/unknown", "/migrations?limit=x", "/nowhere"]) {
      const [get, head] = [
        await call(`/loom${path}`),
        await call(`/loom${path}`, { method: "HEAD" }),
      ];
      const length = String(Buffer.byteLength(get.text));
      const headers = { ...lasting(get.headers), "content-length": length };
      const told = { path, status: head.status, headers: lasting(head.headers), text: head.text };
      expect(told).toEqual({ path, status: get.status, headers, text: "" });
    }
  });

  test("HEAD of another route is refused as any wrong method is, and does nothing", async () => {
    const { loom, migratorUrl, call } = await stage();
    await loom.announce(announcementOf(migratorUrl));
    const start = "/loom/migrations/chart-upgrade/candidates/billing/start";
    const refused = await call(start, { method: "HEAD" });
    expect(refused).toMatchObject({ status: 405, text: "", headers: { allow: "POST" } });
    const { counts } = await loom.getMigration("chart-upgrade");
    expect(counts).toMatchObject({ running: 0 });
  });
});

/** The headers that two answers of the same thing have alike. */
function lasting({ date: _date, ...headers }: IncomingHttpHeaders): IncomingHttpHeaders {
  return headers;
}

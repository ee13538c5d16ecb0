import { request } from "node:http";
import { loomFastify } from "@loom/http/fastify";
import { loomNode } from "@loom/http/node";
import express from "express";
import type { FastifyError, FastifyInstance, FastifyReply } from "fastify";
import fastify from "fastify";
import { expect, onTestFinished, test } from "vitest";
import { httpServer } from "./support/servers.ts";
import type { Sent } from "./support/stage.ts";
import { announcementOf, send, silent, stageLoom } from "./support/stage.ts";

/** As they were before any mount was made. */
const untouched = { Request: globalThis.Request, Response: globalThis.Response };

const open = { allowUnauthenticated: true, logger: silent } as const;
const announcing = (url: string): Sent => ({
  method: "POST",
  path: "/loom/registry/announce",
  body: announcementOf(url),
});

test("a body parser in front is a clear error, logged once for each request that is refused", async () => {
  const { loom, migratorUrl } = await stageLoom();
  const logged: string[] = [];
  const log = (level: string) => (_: object, message: string) =>
    void logged.push(`${level}: ${message}`);
  const logger = { ...silent, warn: log("warn"), error: log("error") };
  const app = express()
    .use(express.json())
    .use("/loom", loomNode(loom, { ...open, logger }));
  const origin = await httpServer(app);
  for (let time = 0; time < 3; time += 1) {
    const { status, json } = await send(origin, announcing(migratorUrl));
    expect([status, json]).toEqual([
      500,
      expect.objectContaining({
        code: "invalid_configuration",
        detail: expect.stringMatching(/body parser.*above app\.use\(express\.json\(\)\)/s),
      }),
    ]);
  }
  const line = expect.stringMatching(/^error: answered 500: A body parser in front of Loom/);
  expect(logged).toEqual([line, line, line]);
  expect(await loom.listMigrations()).toEqual([]);
  expect((await send(origin, { path: "/loom/migrations" })).status).toBe(200);
});

test("a body parser behind, or beside, is none of Loom's business", async () => {
  const { loom, migratorUrl } = await stageLoom();
  const app = express()
    .use("/loom", loomNode(loom, open))
    .use(express.json())
    .post("/echo", (incoming, response) => void response.json(incoming.body));
  const origin = await httpServer(app);
  expect((await send(origin, announcing(migratorUrl))).status).toBe(200);
  expect((await send(origin, { method: "POST", path: "/echo", body: { a: 1 } })).json).toEqual({
    a: 1,
  });
});

test("with a basePath, what lies beside it goes on to the next in Express, and is not found alone", async () => {
  const { loom } = await stageLoom();
  const mount = loomNode(loom, { ...open, basePath: "/loom/" });
  const app = express()
    .use(mount)
    .use((_, response) => void response.send("next"));
  const origin = await httpServer(app);
  for (const path of ["/", "/loomy/migrations", "/loom"])
    expect((await send(origin, { path })).text).toBe("next");
  expect((await send(origin, { path: "/loom/nowhere" })).status).toBe(404);
  expect((await send(await httpServer(mount), { path: "/migrations" })).json).toMatchObject({
    code: "not_found",
  });
});

test("Fastify keeps its own body parser outside of Loom's prefix, and its hooks reach inside", async () => {
  const { loom, migratorUrl } = await stageLoom();
  const app = fastify();
  const finished: number[] = [];
  app.addHook("onRequest", async (_, reply) => void reply.header("x-hook", "on"));
  app.addHook("onResponse", async (_, reply) => void finished.push(reply.statusCode));
  app.post("/echo", async ({ body }) => body);
  await app.register(loomFastify(loom, open), { prefix: "/loom" });
  onTestFinished(() => app.close());
  const origin = await app.listen({ host: "127.0.0.1", port: 0 });
  const reply = await send(origin, announcing(migratorUrl));
  expect([reply.status, reply.headers["x-hook"]]).toEqual([200, "on"]);
  expect((await send(origin, { method: "POST", path: "/echo", body: { a: 1 } })).json).toEqual({
    a: 1,
  });
  expect(finished).toEqual([200, 200]);
});

test("a hook of the service that says no is answered by the service", async () => {
  const { loom } = await stageLoom();
  const app = fastify();
  app.setErrorHandler((error, _, reply) => reply.code(418).send({ own: (error as Error).message }));
  app.addHook("preHandler", async () => {
    throw new Error("closed today");
  });
  await app.register(loomFastify(loom, open), { prefix: "/loom" });
  onTestFinished(() => app.close());
  const origin = await app.listen({ host: "127.0.0.1", port: 0 });
  expect(await send(origin, { path: "/loom/migrations" })).toMatchObject({
    status: 418,
    json: { own: "closed today" },
  });
});

test("a malformed path in Fastify is answered by Fastify, or by the frameworkErrors of the service", async () => {
  const { loom } = await stageLoom();
  const askedOf = async (app: FastifyInstance) => {
    await app.register(loomFastify(loom, open), { prefix: "/loom" });
    onTestFinished(() => app.close());
    const origin = await app.listen({ host: "127.0.0.1", port: 0 });
    return send(origin, { path: "/loom/migrations/%zz" });
  };
  expect(await askedOf(fastify())).toMatchObject({
    status: 400,
    json: { code: "FST_ERR_BAD_URL" },
  });
  const frameworkErrors = ({ code }: FastifyError, _: unknown, reply: FastifyReply) =>
    void reply.code(418).send({ own: code });
  expect(await askedOf(fastify({ frameworkErrors }))).toMatchObject({
    status: 418,
    json: { own: "FST_ERR_BAD_URL" },
  });
});

test("a context that fails is an internal error, and public routes do not ask for it", async () => {
  const { loom } = await stageLoom();
  const mount = loomNode(loom, {
    logger: silent,
    authorize: () => "forbidden",
    context: () => {
      throw new Error("no session store");
    },
  });
  const origin = await httpServer(mount);
  expect((await send(origin, { path: "/migrations" })).json).toMatchObject({
    code: "internal_error",
  });
  expect((await send(origin, { path: "/healthz" })).status).toBe(200);
});

test("a mount leaves the globals of the service alone", async () => {
  const { loom } = await stageLoom();
  await send(await httpServer(loomNode(loom, open)), { path: "/healthz" });
  expect(globalThis.Request).toBe(untouched.Request);
  expect(globalThis.Response).toBe(untouched.Response);
});

test.each([
  ["a bad Host header", "/healthz", "a b"],
  ["a target that is no path", "*", "loom.example"],
  ["a backslash", "/migrations\\x", "loom.example"],
])("%s is a problem, not a crash", async (_, path, host) => {
  const { loom } = await stageLoom();
  const { hostname, port } = new URL(await httpServer(loomNode(loom, open)));
  const status = await new Promise((resolve, reject) => {
    const options = { hostname, port, path, method: "OPTIONS", headers: { host } };
    request(options, (response) => resolve(response.resume().statusCode))
      .on("error", reject)
      .end();
  });
  expect(status).toBe(400);
});

import { createServer, request } from "node:http";
import type { IncomingMessage, RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { getRequestListener } from "@hono/node-server";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import { Webhook } from "standardwebhooks";
import { expect, onTestFinished, test } from "vitest";
import { eventually } from "../../../test/eventually.ts";
import { migratorFastify } from "../src/fastify.ts";
import { defineMigration } from "../src/index.ts";
import type { Migrator } from "../src/index.ts";
import { migratorNode, serveMigrator } from "../src/node.ts";
import { dispatchOf } from "./support/calls.ts";
import { stage } from "./support/stage.ts";

const SECRET = Buffer.from("a secret of both sides").toString("base64");

const migration = defineMigration({
  id: "m",
  name: "M",
  handlers: { bump: { run: (ctx) => ctx.done() } },
  plan: [{ name: "bump" }],
});

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function dispatchTo(url: string): Promise<Response> {
  return fetch(`${url}/dispatch-step`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(dispatchOf("bump")),
  });
}

const MOUNTS: Readonly<Record<string, (migrator: Migrator) => Promise<string>>> = {
  serveMigrator: async (migrator) => {
    const server = await serveMigrator(migrator);
    onTestFinished(() => server.close());
    return server.url;
  },
  "node:http": (migrator) => listen(migratorNode(migrator)),
  Express: async (migrator) => {
    const app = express();
    app.use("/charts", migratorNode(migrator));
    app.use(express.json());
    return `${await listen(app)}/charts`;
  },
  Hono: async (migrator) => {
    const app = new Hono().mount("/charts", migrator.handler);
    const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
    return `${await listen((incoming, outgoing) => void listener(incoming, outgoing))}/charts`;
  },
  Fastify: async (migrator) => {
    const app = fastify();
    onTestFinished(() => app.close());
    await app.register(migratorFastify(migrator), { prefix: "/charts" });
    return `${await app.listen({ port: 0, host: "127.0.0.1" })}/charts`;
  },
};

async function ask(url: string, method: string) {
  const { hostname, port, pathname } = new URL(url);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ hostname, port, path: pathname, method }, resolve).on("error", reject).end();
  });
  const { date: _date, ...headers } = response.headers;
  return { status: response.statusCode, headers, text: await text(response) };
}

test.each(Object.entries(MOUNTS))(
  "mounted in %s it answers HEAD as GET, without the body",
  async (_name, mount) => {
    const { migrator } = await stage(migration);
    const url = await mount(migrator);
    for (const path of ["healthz", "nowhere"]) {
      const [get, head] = [await ask(`${url}/${path}`, "GET"), await ask(`${url}/${path}`, "HEAD")];
      expect(get.status).toBe(path === "healthz" ? 200 : 404);
      expect(get.headers["content-length"]).toBe(String(Buffer.byteLength(get.text)));
      expect(head).toEqual({ ...get, text: "" });
    }
  },
);

test.each(Object.entries(MOUNTS))(
  "mounted in %s it names the methods that it takes when another is used",
  async (_name, mount) => {
    const { migrator } = await stage(migration);
    const url = await mount(migrator);
    const refused = { status: 405, headers: { "content-type": "application/problem+json" } };
    const taken = { healthz: "GET, HEAD", "dispatch-step": "POST" };
    for (const [path, allow] of Object.entries(taken)) {
      const answer = await ask(`${url}/${path}`, "PUT");
      expect(answer).toMatchObject({ ...refused, headers: { ...refused.headers, allow } });
      expect(JSON.parse(answer.text)).toMatchObject({ code: "method_not_allowed" });
    }
    const head = await ask(`${url}/dispatch-step`, "HEAD");
    expect(head).toMatchObject({ status: 405, text: "", headers: { allow: "POST" } });
  },
);

test.each(Object.entries(MOUNTS))("mounted in %s it takes dispatches", async (_name, mount) => {
  const { migrator, loom } = await stage(migration);
  const url = await mount(migrator);
  expect((await dispatchTo(url)).status).toBe(202);
  await eventually(() => expect(loom.trace()).toEqual(["bump completed"]));
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
});

test("mounted in Fastify it reads signed bodies itself, and leaves the parsers of the service alone", async () => {
  const { migrator, clock } = await stage(migration, { secrets: [SECRET] });
  const app = fastify();
  onTestFinished(() => app.close());
  await app.register(migratorFastify(migrator), { prefix: "/charts" });
  app.post("/own", async ({ body }) => ({ parsed: body }));
  const body = JSON.stringify(dispatchOf("bump"), undefined, 2);
  const at = new Date(clock.now());
  const headers = {
    "content-type": "application/json",
    "webhook-id": "d1",
    "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
    "webhook-signature": new Webhook(SECRET).sign("d1", at, body),
  };
  const post = (url: string) => app.inject({ method: "POST", url, headers, payload: body });
  expect((await post("/charts/dispatch-step")).statusCode).toBe(202);
  expect((await post("/own")).json()).toEqual({ parsed: dispatchOf("bump") });
});

test("a body parser in front of it is answered with what to do about it", async () => {
  const { migrator } = await stage(migration);
  const app = express();
  app.use(express.json());
  app.use(migratorNode(migrator));
  const response = await dispatchTo(await listen(app));
  expect(response.status).toBe(500);
  expect(await response.text()).toContain("before any body parser");
});

test("a body that is too long is answered, and the connection ends", async () => {
  const { migrator } = await stage(migration, { maxBodyBytes: 1_000 });
  const url = new URL(await listen(migratorNode(migrator)));
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const sent = request(url.href + "dispatch-step", { method: "POST" }, (response) => {
      resolve(response.statusCode);
      sent.destroy();
    });
    sent.on("error", reject);
    sent.write("x".repeat(5_000));
  });
  expect(status).toBe(413);
});

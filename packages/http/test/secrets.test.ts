import type { Logger } from "@loom/core";
import { createLoom } from "@loom/core";
import { createMigratorClient } from "@loom/http";
import { loomNode } from "@loom/http/node";
import { createLocalEngine, createMemoryStore } from "@loom/local";
import { expect, onTestFinished, test } from "vitest";
import { eventually } from "../../../test/eventually.ts";
import { bodyOf, httpServer } from "./support/servers.ts";
import { announcementOf, send } from "./support/stage.ts";

const SECRET = "-----BEGIN KEY-----\nMIIEvQIBADAN\n-----END KEY-----";
const PARTS = /BEGIN KEY|MIIEvQIBADAN/;
const BILLING = "/migrations/chart-upgrade/candidates/billing";

/** A Loom behind a port whose migrator quotes all that it gets when it refuses, with everything that either writes to its log. */
async function stage() {
  const lines: string[] = [];
  const write = (fields: object, message: string) =>
    void lines.push(`${message} ${JSON.stringify(fields, errorsToo)}`);
  const logger: Logger = { debug: write, info: write, warn: write, error: write };
  const migratorUrl = await httpServer(async (incoming, response) => {
    const { inputs } = JSON.parse(await bodyOf(incoming)) as { inputs: { token: string } };
    response.writeHead(incoming.url === "/dry-run" ? 500 : 400);
    response.end(JSON.stringify({ detail: `cannot log in with ${inputs.token}` }));
  });
  const loom = createLoom({
    store: createMemoryStore(),
    engine: createLocalEngine(),
    migrators: createMigratorClient(),
    logger,
  });
  await loom.open();
  onTestFinished(() => loom.close());
  await loom.announce({
    ...announcementOf(migratorUrl),
    requiredInputs: [{ name: "token", label: "Token", secret: true }],
  });
  const origin = await httpServer(loomNode(loom, { allowUnauthenticated: true, logger }));
  return { lines, post: send.bind(undefined, origin), loom };
}

function errorsToo(_: string, value: unknown): unknown {
  return value instanceof Error ? `${value.stack} ${String(value.cause)}` : value;
}

test("no answer and no line of a log tells a secret that a migrator quotes when it refuses", async () => {
  const { lines, post } = await stage();
  const body = { inputs: { token: SECRET } };
  const preview = await post({ method: "POST", path: `${BILLING}/dry-run`, body });
  expect(preview.json).toMatchObject({
    code: "migrator_bad_response",
    detail: expect.stringContaining("cannot log in with •••"),
  });
  expect((await post({ method: "POST", path: `${BILLING}/start`, body })).status).toBe(202);
  await eventually(async () => {
    const { json } = await post({ path: BILLING });
    expect(json).toMatchObject({ currentStep: { error: "cannot log in with •••" } });
  });
  const seen = ["", "/steps"].map((path) => post({ path: `${BILLING}${path}` }));
  const lists = ["", "/candidates", "/history"].map((path) =>
    post({ path: `/migrations/chart-upgrade${path}` }),
  );
  for (const { text } of await Promise.all([...seen, ...lists])) expect(text).not.toMatch(PARTS);
  expect(lines.join("\n")).toContain("cannot log in with •••");
  expect(lines.join("\n")).not.toMatch(PARTS);
});

import { Agent, request } from "node:http";
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { createLoomHandler } from "@loom/http";
import { expect, onTestFinished, test } from "vitest";
import { announcementOf, silent, stageLoom, stageServer, TOKENS } from "./support/stage.ts";

const START = { method: "POST", path: "/migrations/chart-upgrade/candidates/billing/start" };
const SUBMIT = {
  method: "POST",
  path: "/migrations/chart-upgrade/candidates",
  as: "migrator",
} as const;
const padded = (bytes: number): string => `{"filler":"${"x".repeat(bytes - 13)}"}`;

test("a body is taken up to its limit, to the byte, and candidates have one of their own", async () => {
  const { send, loom, migratorUrl } = await stageServer({
    bodyBytes: 2_000,
    candidatesBytes: 3_000,
  });
  await loom.announce(announcementOf(migratorUrl));
  const statusOf = async (sent: object, bytes: number) =>
    (await send({ ...START, ...sent, body: padded(bytes) })).status;
  expect(await statusOf({}, 2_001)).toBe(413);
  expect(await statusOf({}, 2_000)).toBe(202);
  expect(await statusOf(SUBMIT, 3_000)).toBe(400);
  expect(await statusOf(SUBMIT, 3_001)).toBe(413);
});

test("eight megabytes of candidates pass as they are", async () => {
  const { send, loom, migratorUrl } = await stageServer();
  await loom.announce(announcementOf(migratorUrl));
  const metadata = { note: "x".repeat(16_000) };
  const candidates = Array.from({ length: 500 }, (_, index) => ({ id: `c${index}`, metadata }));
  expect(await send({ ...SUBMIT, body: { candidates } })).toMatchObject({
    status: 200,
    json: { added: 500 },
  });
});

test("a body without a declared length is cut off at the limit", async () => {
  const { origin } = await stageServer({ bodyBytes: 100_000 });
  const { hostname, port } = new URL(origin);
  const headers = {
    authorization: `Bearer ${TOKENS.operator}`,
    "content-type": "application/json",
    "transfer-encoding": "chunked",
  };
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const sending = request({ hostname, port, ...START, headers }, (response) => {
      resolve(response.statusCode);
      sending.destroy();
    });
    sending.on("error", reject);
    const pump = (): void => {
      while (!sending.destroyed && sending.write("x".repeat(16_384)));
      sending.once("drain", pump);
    };
    pump();
  });
  expect(status).toBe(413);
});

test("a connection whose body was too large is used again", async () => {
  const { origin } = await stageServer({ bodyBytes: 1_000 });
  const { hostname, port } = new URL(origin);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  const headers = { authorization: `Bearer ${TOKENS.operator}`, "transfer-encoding": "chunked" };
  const post = async () => {
    const sending = request({ hostname, port, ...START, headers, agent });
    sending.write("x".repeat(5_000));
    const status = await new Promise((resolve, reject) => {
      sending.on("error", reject).on("response", (response) => {
        sending.end("the rest that nobody wants");
        response.resume().on("end", () => resolve(response.statusCode));
      });
    });
    return { status, reused: sending.reusedSocket };
  };
  expect(await post()).toEqual({ status: 413, reused: false });
  expect(await post()).toEqual({ status: 413, reused: true });
});

test("a hundred declared megabytes are refused before they come", async () => {
  const { origin } = await stageServer();
  const text = await raw(origin, [
    `POST ${START.path} HTTP/1.1`,
    "host: loom.example",
    `authorization: Bearer ${TOKENS.operator}`,
    "content-type: application/json",
    "content-length: 104857600",
  ]);
  expect(text).toMatch(/^HTTP\/1\.1 413 .*payload_too_large/s);
});

test("a gzip bomb is refused unopened", async () => {
  const { send } = await stageServer();
  const bomb = gzipSync(Buffer.alloc(50 << 20));
  const reply = await send({ ...START, body: bomb, headers: { "content-encoding": "gzip" } });
  expect(reply).toMatchObject({ status: 415, json: { code: "unsupported_media_type" } });
});

test("a body that does not come is given up after its time", async () => {
  const { origin, loom, migratorUrl } = await stageServer({ bodySeconds: 0.1 });
  await loom.announce(announcementOf(migratorUrl));
  const text = await raw(origin, [
    `POST ${START.path} HTTP/1.1`,
    "host: loom.example",
    `authorization: Bearer ${TOKENS.operator}`,
    "content-type: application/json",
    "content-length: 10",
  ]);
  expect(text).toMatch(/^HTTP\/1\.1 400 .*did not arrive within 0\.1 seconds/s);
});

test("a caller who hangs up in the middle of a body changes nothing", async () => {
  const { origin, send, loom, migratorUrl, logged } = await stageServer();
  await loom.announce(announcementOf(migratorUrl));
  const { hostname, port } = new URL(origin);
  const socket = connect(Number(port), hostname);
  socket.write(
    `POST ${START.path} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${TOKENS.operator}\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{`,
  );
  await new Promise((written) => setTimeout(written, 50));
  socket.resetAndDestroy();
  expect((await send({ path: "/migrations/chart-upgrade" })).json).toMatchObject({
    counts: { notStarted: 2, running: 0 },
  });
  expect(logged).toEqual([]);
});

test("JSON may nest as deep as the limit says", async () => {
  const { send, loom, migratorUrl } = await stageServer({ jsonDepth: 5 });
  await loom.announce(announcementOf(migratorUrl));
  const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
  expect((await send({ ...START, body: nested(6) })).status).toBe(400);
  expect((await send({ ...START, body: nested(5) })).status).toBe(202);
});

test("a web-standard request whose stream is endless is cut off, and told to stop", async () => {
  const { loom } = await stageLoom();
  const handler = createLoomHandler(loom, { allowUnauthenticated: true, logger: silent });
  let cancelled = false;
  const body = new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
    cancel: () => {
      cancelled = true;
    },
  });
  const headers = { "content-type": "application/json" };
  const init = { method: "POST", body, headers, duplex: "half" } as const;
  const reply = await handler(new Request(`http://loom.example${START.path}`, init));
  expect([reply.status, cancelled]).toEqual([413, true]);
});

test.each(["bodyBytes", "candidatesBytes", "jsonDepth", "bodySeconds"])(
  "limits.%s that limits nothing is refused, and one that is not set is the default",
  async (name) => {
    const { loom } = await stageLoom();
    const withLimit = (value: number | undefined) =>
      createLoomHandler(loom, {
        allowUnauthenticated: true,
        logger: silent,
        limits: { [name]: value },
      });
    for (const value of [Number.NaN, -1, 0])
      expect(() => withLimit(value)).toThrow(
        expect.objectContaining({
          code: "invalid_configuration",
          message: expect.stringContaining(`limits.${name}`),
        }),
      );
    const body = JSON.stringify({ reason: "x".repeat(2 * 1024 * 1024) });
    const headers = { "content-type": "application/json" };
    const tooLong = () =>
      new Request(`http://loom.example${START.path}`, { method: "POST", body, headers });
    expect((await withLimit(undefined)(tooLong())).status).toBe(413);
  },
);

test("a web-standard request whose body was read before is a clear error", async () => {
  const { loom } = await stageLoom();
  const handler = createLoomHandler(loom, { allowUnauthenticated: true, logger: silent });
  const consumed = new Request(`http://loom.example${START.path}`, { method: "POST", body: "{}" });
  await consumed.text();
  const reply = await handler(consumed);
  expect(await reply.json()).toMatchObject({ status: 500, code: "invalid_configuration" });
});

/** Sends lines and reads what comes, until the other side hangs up or is done. */
async function raw(origin: string, lines: readonly string[]): Promise<string> {
  const { hostname, port } = new URL(origin);
  const socket = connect(Number(port), hostname);
  onTestFinished(() => void socket.destroy());
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  let text = "";
  for await (const chunk of socket) {
    text += String(chunk);
    if (/\r\n\r\n.*\}$/s.test(text)) return text;
  }
  return text;
}

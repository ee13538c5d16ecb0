import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { expect, onTestFinished, test } from "vitest";
import type { MigratorClientOptions } from "@loom/http";
import { createMigratorClient } from "@loom/http";
import { dispatchRequest, dryRunRequest } from "./support/requests.ts";
import { httpServer, tcpServer } from "./support/servers.ts";

const client = (options: MigratorClientOptions = {}) => {
  const migrators = createMigratorClient({ timeoutMs: 300, ...options });
  onTestFinished(() => migrators.close());
  return migrators;
};

/** What becomes of a dispatch and of a dry run at the same migrator. */
const both = async (url: string, options?: MigratorClientOptions) => {
  const migrators = client(options);
  const to = { app: "charts", url };
  const dispatch = await migrators.dispatchStep(to, dispatchRequest);
  const code = await migrators.dryRun(to, dryRunRequest).catch((error: unknown) => error);
  return { dispatch, dryRun: (code as { code?: string }).code };
};

const endless = () => Readable.from(chunks());
function* chunks(): Generator<Buffer> {
  for (;;) yield Buffer.alloc(64 * 1024, 0x20);
}

test("a migrator that never answers is unavailable, and a dry run at it times out", async () => {
  const url = await httpServer(() => undefined);
  expect(await both(url)).toEqual({
    dispatch: { type: "unavailable", error: "The migrator charts did not answer in time." },
    dryRun: "migrator_timeout",
  });
});

test("a migrator that answers 200 with an endless body has accepted", async () => {
  const url = await httpServer((_, response) => void endless().pipe(response));
  expect(await both(url, { timeoutMs: 10_000 })).toEqual({
    dispatch: { type: "accepted" },
    dryRun: "migrator_bad_response",
  });
});

test("a refusal with an endless body is a refusal without a message", async () => {
  const url = await httpServer((_, response) => void endless().pipe(response.writeHead(400)));
  expect(await both(url, { timeoutMs: 10_000 })).toEqual({
    dispatch: { type: "refused", error: "The migrator charts answered 400." },
    dryRun: "migrator_bad_response",
  });
});

const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);

test("a preview that is nested deeper than 32 is not parsed", async () => {
  const preview = (depth: number) => `{"steps":[],"more":${nested(depth)}}`;
  const answered = (body: string): Promise<string> =>
    httpServer((_, response) => void response.end(body));
  const migrators = client({ timeoutMs: 10_000 });
  const dryRunAt = async (body: string) =>
    migrators.dryRun({ app: "charts", url: await answered(body) }, dryRunRequest);
  await expect(dryRunAt(preview(31))).resolves.toEqual({ steps: [] });
  for (const body of [preview(32), "[".repeat(8 << 20), nested(4 << 20)])
    await expect(dryRunAt(body)).rejects.toMatchObject({
      code: "migrator_bad_response",
      message:
        "The migrator charts answered with a preview that cannot be read: The body is nested deeper than 32.",
    });
});

test("a refusal of more than 64 KiB is a refusal without a message", async () => {
  const refusal = (length: number) => JSON.stringify({ detail: "No" }).padEnd(length);
  const outcomeOf = async (length: number) => {
    const url = await httpServer((_, response) => {
      response.writeHead(400).end(refusal(length));
    });
    return client({ timeoutMs: 10_000 }).dispatchStep({ app: "charts", url }, dispatchRequest);
  };
  expect(await outcomeOf(64 * 1024)).toEqual({ type: "refused", error: "No" });
  expect(await outcomeOf(64 * 1024 + 1)).toEqual({
    type: "refused",
    error: "The migrator charts answered 400.",
  });
});

test("an answer that begins and never ends is bounded in time", async () => {
  const url = await httpServer((_, response) => void response.writeHead(500).write("It is"));
  expect((await both(url)).dispatch).toEqual({
    type: "unavailable",
    error: "The migrator charts answered 500.",
  });
  const started = await httpServer((_, response) => void response.writeHead(200).write("{"));
  expect(await both(started)).toEqual({
    dispatch: { type: "accepted" },
    dryRun: "migrator_timeout",
  });
});

test("headers without end are bounded", async () => {
  const url = await httpServer((_, response) => {
    response.writeHead(200, { "x-large": "x".repeat(200_000) }).end("{}");
  });
  expect(await both(url)).toEqual({
    dispatch: {
      type: "unavailable",
      error: "The migrator charts gave an answer whose headers are too large.",
    },
    dryRun: "migrator_bad_response",
  });
});

test("a connection that is reset is unavailable", async () => {
  const url = await tcpServer((socket) => socket.once("data", () => socket.resetAndDestroy()));
  expect(await both(url)).toEqual({
    dispatch: {
      type: "unavailable",
      error: "The migrator charts closed the connection before it had answered.",
    },
    dryRun: "migrator_unreachable",
  });
});

test("a server that speaks no HTTP is unavailable", async () => {
  const url = await tcpServer((socket) => void socket.end("220 smtp.example ESMTP\r\n"));
  expect(await both(url)).toEqual({
    dispatch: { type: "unavailable", error: "The migrator charts did not answer in HTTP." },
    dryRun: "migrator_bad_response",
  });
});

test("a closed port is unavailable, and the words name no address", async () => {
  const closed = createServer();
  await new Promise<void>((done) => closed.listen(0, "127.0.0.1", done));
  const { port } = closed.address() as AddressInfo;
  await new Promise((done) => closed.close(done));
  expect(await both(`http://127.0.0.1:${port}`)).toEqual({
    dispatch: { type: "unavailable", error: "The migrator charts refused the connection." },
    dryRun: "migrator_unreachable",
  });
});

test("a name that does not resolve is unavailable", async () => {
  const lookup: MigratorClientOptions["lookup"] = (_, __, callback) =>
    callback(Object.assign(new Error("ENOTFOUND"), { code: "ENOTFOUND" }), []);
  expect((await both("http://charts.example", { lookup })).dispatch).toEqual({
    type: "unavailable",
    error: "The migrator charts has a host name that does not resolve.",
  });
});

test("a lookup that never answers is bounded in time", async () => {
  expect((await both("http://charts.example", { lookup: () => undefined })).dryRun).toBe(
    "migrator_timeout",
  );
});

test("close ends a call under way, which is then unavailable", async () => {
  const migrators = client({ timeoutMs: 60_000 });
  const url = await httpServer(async () => migrators.close());
  const outcome = await migrators.dispatchStep({ app: "charts", url }, dispatchRequest);
  expect(outcome.type).toBe("unavailable");
});

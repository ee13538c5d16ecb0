import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";

const MAIN = resolve(import.meta.dirname, "../main.ts");

/** Runs the example as a process of its own. */
function run(...args: string[]) {
  const child = spawn(process.execPath, ["--conditions=@loom/source", MAIN, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

test.each(["node-http", "express", "fastify", "hono"])(
  "%s serves Loom, and ends in good order when it is told to",
  { timeout: 120_000 },
  async (name) => {
    const port = await freePort();
    const child = run(name, String(port));
    const said = text(child.stdout);
    const exited = once(child, "exit");
    await once(child.stdout, "data");
    const url = `http://127.0.0.1:${port}/loom/readyz`;
    expect((await fetch(url, { headers: { connection: "close" } })).status).toBe(200);
    child.kill("SIGTERM");
    expect(await exited).toEqual([0, null]);
    expect(await said).toContain('"message":"closed"');
  },
);

test("without a name, or with a wrong one, it says which there are", {
  timeout: 120_000,
}, async () => {
  for (const args of [[], ["constructor"]]) {
    const child = run(...args);
    const said = text(child.stderr);
    expect(await once(child, "exit")).toEqual([2, null]);
    expect(await said).toContain("node-http|express|fastify|hono");
  }
});

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { afterEach, expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");
const page = readFileSync(join(ROOT, "docs/quickstart.md"), "utf8");
const undo: (() => void)[] = [];

afterEach(() => {
  for (const step of undo.splice(0).toReversed()) step();
});

const freePort = (): Promise<number> =>
  new Promise((found) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => found(typeof address === "object" && address ? address.port : 0));
    });
  });

/** The page as it stands, but for its ports, which may be taken. */
async function openPage() {
  const [loom, migrator] = [await freePort(), await freePort()];
  const text = page.replaceAll("3000", String(loom)).replaceAll("3001", String(migrator));
  const blocks = [...text.matchAll(/```(?:ts|sh)\n([^]*?)```/g)].map(([, code = ""]) => code);
  const folder = mkdtempSync(join(ROOT, "test/.docs-"));
  undo.push(() => rmSync(folder, { recursive: true, force: true }));
  return { blocks, folder };
}

function run(
  folder: string,
  name: string,
  code: string,
  args: readonly string[] = [],
): ChildProcess {
  writeFileSync(join(folder, name), code);
  const child = spawn(process.execPath, ["--conditions=@loom/source", name, ...args], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
  });
  undo.push(() => child.kill("SIGKILL"));
  return child;
}

/** The requests of the last block, in order: address and body. */
function requestsOf(script: string): { url: string; body: string | undefined }[] {
  const lines = script.matchAll(/^loom (http\S+)(?: -d '([^']*)')?$/gm);
  return [...lines].map(([, url = "", body]) => ({ url, body }));
}

async function ask({ url, body }: { url: string; body: string | undefined }): Promise<Response> {
  const headers = {
    authorization: "Bearer an-operators-token",
    "content-type": "application/json",
  };
  return fetch(url, { headers, ...(body !== undefined && { method: "POST", body }) });
}

/** Asks until the answer is as expected: two processes are starting, and steps take their time. */
async function askUntil(
  request: { url: string; body: string | undefined },
  expected: RegExp,
): Promise<string> {
  for (;;) {
    const text = await ask(request).then(
      (response) => response.text(),
      () => "",
    );
    if (expected.test(text)) return text;
    await new Promise((again) => setTimeout(again, 50));
  }
}

/** The five requests of the page, by what they are for. */
function operatorOf(script: string) {
  const [list, preview, start, steps, approve] = requestsOf(script);
  if (!list || !preview || !start || !steps || !approve) throw new Error("a request is missing");
  return { list, preview, start, steps, approve };
}

test("the quickstart does what it says", { timeout: 120_000 }, async () => {
  const { blocks, folder } = await openPage();
  const [loom = "", migrator = "", script = ""] = blocks;
  run(folder, "loom.ts", loom);
  run(folder, "migrator.ts", migrator);
  const { list, preview, start, steps, approve } = operatorOf(script);
  expect(await askUntil(list, /checkout/)).toContain("billing");
  expect(await askUntil(preview, /files/)).toContain("Good day, billing!");
  expect((await ask(start)).status).toBe(202);
  await askUntil(steps, /awaiting_review/);
  expect(await (await ask(approve)).json()).toEqual({ status: "accepted" });
  expect(await askUntil(list, /"completed"/)).toContain("billing");
});

test("the quickstart with --data goes on after kill -9 where it was", {
  timeout: 120_000,
}, async () => {
  const { blocks, folder } = await openPage();
  const [loom = "", migrator = "", script = ""] = blocks;
  const inFolder = ["--data", "loom-data"];
  const first = run(folder, "loom.ts", loom, inFolder);
  run(folder, "migrator.ts", migrator);
  const { list, start, steps, approve } = operatorOf(script);
  await askUntil(list, /checkout/);
  expect((await ask(start)).status).toBe(202);
  const before = await askUntil(steps, /awaiting_review/);
  const ended = once(first, "exit");
  first.kill("SIGKILL");
  await ended;
  run(folder, "loom.ts", loom, inFolder);
  expect(await askUntil(steps, /awaiting_review/)).toBe(before);
  expect(await (await ask(approve)).json()).toEqual({ status: "accepted" });
  expect(await askUntil(list, /"completed"/)).toContain("billing");
});

import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import type { DispatchStepRequest, Loom, Migrators } from "@loom/core";
import { createLoom } from "@loom/core";
import { bearerTokens } from "@loom/http";
import { loomNode } from "@loom/http/node";
import { createLocalEngine, createMemoryStore } from "@loom/local";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isOnPath } from "./on-path.ts";

const ROOT = resolve(import.meta.dirname, "..");
const page = readFileSync(join(ROOT, "docs/operating.md"), "utf8");
const blocks = [...page.matchAll(/```sh\n([^]*?)```/g)].map(([, code = ""]) => code);
const [setup = "", discover = "", look = "", preview = "", start = "", stuck = "", retry = ""] =
  blocks;
const [approve = "", cancel = "", history = ""] = blocks.slice(7);
const ref = { migrationId: "chart-upgrade", candidateId: "billing" };

let loom: Loom;
let url: string;
const closing: (() => Promise<unknown>)[] = [];

/** Fails the first try for billing; leaves the review and what comes after it to the operator. */
const migrators: Migrators = {
  dispatchStep: async (_, request) => {
    void perform(request);
    return { type: "accepted" };
  },
  compensateStep: async () => ({ type: "accepted" }),
  dryRun: async (_, { steps, inputs }) => ({
    steps: steps.map(({ name }) => ({
      stepName: name,
      skipped: false,
      files: [
        { repo: "billing", path: name, after: inputs?.["targetVersion"] ?? "", status: "new" },
      ],
    })),
  }),
};

async function perform({ callbackId, stepName, candidate, stepAttempt }: DispatchStepRequest) {
  const fails = candidate.id === "billing" && stepAttempt === 1;
  const subject = { stepName, candidateId: candidate.id };
  if (stepName !== "bump-staging") return;
  await loom.reportStep(callbackId, { ...subject, success: !fails, error: "no such chart" });
}

beforeAll(async () => {
  loom = createLoom({ store: createMemoryStore(), engine: createLocalEngine(), migrators });
  const authorize = bearerTokens({
    operator: { "an-operators-token": { id: "ada" } },
    migrator: { "a-migrators-token": { id: "charts" } },
  });
  const server = createServer(loomNode(loom, { authorize })).listen(0, "127.0.0.1");
  await new Promise((listening) => server.once("listening", listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await loom.open();
  const steps = ["bump-staging", "approve", "bump-prod"].map((name) => ({
    name,
    compensable: true,
  }));
  await loom.announce({
    id: "chart-upgrade",
    name: "Upgrade the chart",
    migratorUrl: "http://127.0.0.1:9",
    requiredInputs: [{ name: "targetVersion", label: "Version" }],
    steps,
    candidates: [{ id: "billing" }, { id: "retired" }],
  });
  closing.push(
    async () => new Promise((closed) => server.close(closed)),
    async () => loom.close(),
  );
});

afterAll(async () => {
  for (const close of closing) await close();
});

/** Runs a block of the page as it stands, but for the port, after the page's first block. */
async function run(block: string): Promise<string> {
  const script = `${setup}\n${block}`.replaceAll("http://127.0.0.1:3000", url);
  const { stdout } = await promisify(execFile)("bash", ["-euo", "pipefail", "-c", script]);
  return stdout;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((again) => setTimeout(again, 10));
}

/** The page is for people who have these; on a machine with Node alone there is nothing to run it with. */
const missing = ["bash", "curl", "jq", "xargs"].filter((tool) => !isOnPath(tool));

test.skipIf(missing.length > 0)(
  "an operator's day goes as the page says",
  { timeout: 60_000 },
  async () => {
    expect(JSON.parse(await run(discover))).toMatchObject({ added: 2, removed: 1 });
    const more = discover.replace(
      /(\[).*(\])/,
      '$1{"id":"later"}$2,"discovery":{"id":"by-hand-1","complete":false}',
    );
    expect(JSON.parse(await run(more))).toMatchObject({ added: 1, removed: 0 });
    expect(JSON.parse(await run(discover))).toMatchObject({ added: 0, removed: 1 });
    expect(await run(look)).toContain('"notStarted":3');
    expect(await run(preview)).toContain('"after":"2.0.0"');
    const answers = (await run(start)).trim().split("\n").toSorted();
    expect(answers).toEqual(["billing 202", "checkout 202", "topic%2Feu%3Aorders 202"]);
    await until(async () => (await loom.getMigration("chart-upgrade")).counts.blocked === 1);
    expect(await run(stuck)).toContain("billing\tbump-staging\tno such chart");
    await run(retry);
    await until(async () => (await loom.getSteps(ref)).steps.length === 2);
    expect(await run(approve)).toContain('{"status":"accepted"}');
    await until(async () => (await loom.getSteps(ref)).steps.length === 3);
    const cancelled = JSON.parse((await run(cancel)).trim().split("\n").at(-1) ?? "") as {
      cancelledAttempts: unknown[];
    };
    expect(cancelled.cancelledAttempts).toMatchObject([
      {
        candidateId: "billing",
        cancelledBy: "ada",
        reason: "wrong version",
        notCompensated: ["bump-prod", "approve", "bump-staging"],
      },
    ]);
    expect(await run(history)).toContain('"action":"retry_step"');
  },
);

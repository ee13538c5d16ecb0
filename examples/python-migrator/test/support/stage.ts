import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DispatchStepRequest, Loom, MigratorAddress, Migrators, RunDetail } from "@loom/core";
import { createLoom } from "@loom/core";
import { bearerTokens, createMigratorClient } from "@loom/http";
import { loomNode } from "@loom/http/node";
import { createLocalEngine, createMemoryStore } from "@loom/local";
import { onTestFinished } from "vitest";
import { startMigrator } from "./python.ts";

const TOKEN = "a-migrators-token";
const SIGNING_SECRET = `whsec_${Buffer.from("a secret that both sides know").toString("base64")}`;
const FILES = {
  ".python-version": "3.9.7\n",
  Dockerfile: "FROM python:3.9-slim\nCOPY . /app\n",
};

/** A call as it went out. */
export type Sent = readonly [MigratorAddress, DispatchStepRequest];

/** A Loom that listens, a fleet in a folder, and the migrator as a process of its own. */
export interface Stage {
  readonly loom: Loom;
  readonly migrators: Migrators;
  readonly dispatched: readonly Sent[];
  /** What was posted to `/event`, answered or turned away. */
  readonly reports: readonly string[];
  /** While `false`, every report is answered with 503. */
  takesReports: boolean;
  readonly startPython: () => () => Promise<void>;
  readonly read: (service: string, file: keyof typeof FILES) => string;
  /** Asks for the run until it is as wanted. */
  readonly until: (candidateId: string, wanted: (run: RunDetail) => boolean) => Promise<RunDetail>;
}

export const refTo = (candidateId: string) => ({ migrationId: "python-upgrade", candidateId });

/** A Loom with the migrator's candidates in it. */
export async function openStage(): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), "loom-python-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const fleet = makeFleet(folder);
  const dispatched: Sent[] = [];
  const reports: string[] = [];
  const client = createMigratorClient({ secrets: [SIGNING_SECRET] });
  const migrators: Migrators = {
    ...client,
    dispatchStep(...sent) {
      dispatched.push(sent);
      return client.dispatchStep(...sent);
    },
  };
  const { server, loomUrl } = await listen();
  const loom = createLoom({
    store: createMemoryStore(),
    engine: createLocalEngine(),
    migrators,
    publicUrl: loomUrl,
  });
  const authorize = bearerTokens({ migrator: { [TOKEN]: { id: "python-upgrade" } } });
  const mount = loomNode(loom, { authorize, basePath: "/loom" });
  const stage: Stage = {
    loom,
    migrators: client,
    dispatched,
    reports,
    takesReports: true,
    startPython: () =>
      startMigrator({
        loomUrl,
        fleet,
        journal: join(folder, "journal"),
        token: TOKEN,
        signingSecret: SIGNING_SECRET,
      }),
    read: (service, file) => readFileSync(join(fleet, service, file), "utf8"),
    until: (candidateId, wanted) => pollUntil(() => loom.getSteps(refTo(candidateId)), wanted),
  };
  server.on("request", (request, response) => {
    const isReport = request.url?.startsWith("/loom/event/") ?? false;
    if (isReport) reports.push(request.url ?? "");
    if (!isReport || stage.takesReports) return mount(request, response);
    response.writeHead(503).end();
  });
  await loom.open();
  onTestFinished(() => loom.close());
  return stage;
}

/** Waits until Loom has the candidates of the fleet. */
export async function discovered({ loom }: Stage): Promise<void> {
  await pollUntil(
    () => loom.listMigrations(),
    ([migration]) => migration?.counts.notStarted === 2,
  );
}

export async function pollUntil<T>(read: () => Promise<T>, wanted: (value: T) => boolean) {
  for (;;) {
    const value = await read();
    if (wanted(value)) return value;
    await new Promise((again) => setTimeout(again, 20));
  }
}

function makeFleet(folder: string): string {
  const fleet = join(folder, "fleet");
  for (const service of ["billing", "checkout"]) {
    mkdirSync(join(fleet, service), { recursive: true });
    for (const [file, text] of Object.entries(FILES))
      writeFileSync(join(fleet, service, file), text);
  }
  return fleet;
}

async function listen() {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { server, loomUrl: `http://127.0.0.1:${port}/loom` };
}

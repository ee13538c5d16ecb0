import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { DispatchStepRequest, Loom, Store } from "@loom/core";
import { type LeaseNote, surelyHeld } from "./lease-notes.ts";
import { loomOver } from "./loom-process.ts";

/** What came of a deploy during which a process was killed. */
export interface DeployReport {
  readonly completed: number;
  /** Dispatches that a process called though another one had the lease of it, or without a lease of its own. */
  readonly doubled: readonly string[];
  /** Calls that the killed process made, and that were under way when it died. */
  readonly byKilled: number;
  readonly interrupted: number;
  /** Calls of the other process for dispatches that the killed one had begun. */
  readonly takenOver: number;
}

/** How long all runs may take, in milliseconds: for what hangs, not for what a busy machine does slowly. */
const DEPLOY_PATIENCE_MS = 180_000;
/** The limit of a test of it, in milliseconds. */
export const DEPLOY_TEST_MS = 240_000;

interface Call {
  readonly process: string;
  readonly dispatchId: string;
  /** When the process took it upon itself, in epoch milliseconds; not a number when it never did. */
  readonly takenAt: number;
}

/** What the processes told of their leases, by their names. */
type Notes = Readonly<Record<string, readonly LeaseNote[]>>;

const STEPS = ["bump", "approve", "release"].map((name) => ({ name }));

/**
 * Two processes over one store host the runs of many candidates. One is killed by SIGKILL while its migrator has not answered
 * some of its calls. Everything must come to its end in the other one.
 *
 * @param script runs `runLoomProcess`; it gets `args`, and the name of the process
 * @param store the same store, for the one who starts runs and reports steps
 */
export async function killOneOfTwo(
  store: Store,
  script: URL,
  args: readonly string[],
  candidates = 40,
): Promise<DeployReport> {
  const calls: Call[] = [];
  const held: ServerResponse[] = [];
  const loom = loomOver(store, "parent");
  const server = createServer((request, response) => void answer(request, response)).listen(
    0,
    "127.0.0.1",
  );
  await once(server, "listening");
  const [killed, survivor] = [
    start(script, [...args, "killed"]),
    start(script, [...args, "survivor"]),
  ];
  const death = once(killed, "exit");
  const notes = { killed: collectNotes(killed), survivor: collectNotes(survivor) };
  await Promise.all([untilOpen(killed), untilOpen(survivor)]);

  /** Some calls of the first process are never answered: they are under way when it dies. */
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const process = String(request.headers["x-process"]);
    const asked = (await readJson(request)) as DispatchStepRequest;
    const takenAt = Number(request.headers["x-taken-at"]);
    calls.push({ process, dispatchId: asked.dispatchId, takenAt });
    if (process === "killed" && !killed.killed && calls.length % 4 === 0) {
      held.push(response);
      if (held.length === 5) killed.kill("SIGKILL");
      return;
    }
    response.end("{}");
    await report(loom, asked);
  }

  const { port } = server.address() as AddressInfo;
  try {
    await startAll(loom, `http://127.0.0.1:${port}`, candidates);
    await death;
    const interrupted = held.length;
    const completed = await untilAllCompleted(loom, candidates);
    return { completed, interrupted, ...seen(calls, notes) };
  } finally {
    // A process left behind would hold the output of the test runner, which then never ends.
    for (const child of [killed, survivor]) child.kill("SIGKILL");
    server.close().closeAllConnections();
    await loom.close();
  }
}

function start(script: URL, args: readonly string[]): ChildProcess {
  return fork(script, args, { execArgv: ["--conditions=@loom/source"], stdio: "inherit" });
}

function collectNotes(child: ChildProcess): readonly LeaseNote[] {
  const notes: LeaseNote[] = [];
  child.on("message", (told: LeaseNote | "open") => {
    if (told !== "open") notes.push(told);
  });
  return notes;
}

/** What ends before says so itself, on the output that it shares with us. */
async function untilOpen(child: ChildProcess): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    child.on("message", (told) => (told === "open" ? resolve() : undefined));
    child.once("exit", () => reject(new Error("A process of the deploy ended at its start.")));
  });
}

async function startAll(loom: Loom, migratorUrl: string, candidates: number): Promise<void> {
  const ids = Array.from({ length: candidates }, (_, n) => ({ id: `c${n}` }));
  await loom.announce({ id: "deploy", name: "Deploy", steps: STEPS, migratorUrl, candidates: ids });
  for (const { id } of ids) await loom.start({ migrationId: "deploy", candidateId: id });
}

async function report(
  loom: Loom,
  { callbackId, stepName, candidate }: DispatchStepRequest,
): Promise<void> {
  await loom.reportStep(callbackId, { stepName, candidateId: candidate.id, success: true });
}

/** @throws Error that says how many came to their end, when not all do */
async function untilAllCompleted(loom: Loom, candidates: number): Promise<number> {
  for (const end = Date.now() + DEPLOY_PATIENCE_MS; ; ) {
    const [migration] = await loom.listMigrations();
    const completed = migration?.counts.completed ?? 0;
    if (completed === candidates) return completed;
    if (Date.now() > end)
      throw new Error(
        `After ${DEPLOY_PATIENCE_MS / 1_000} s ${completed} of ${candidates} runs have ended.`,
      );
    await new Promise((resume) => setTimeout(resume, 50));
  }
}

function seen(
  calls: readonly Call[],
  notes: Notes,
): Pick<DeployReport, "doubled" | "byKilled" | "takenOver"> {
  const byKilled = calls.filter((call) => call.process === "killed");
  const begun = new Set(byKilled.map(({ dispatchId }) => dispatchId));
  return {
    doubled: calls.filter((call) => isDoubled(call, calls, notes)).map((call) => call.dispatchId),
    byKilled: byKilled.length,
    takenOver: calls.filter((call) => call.process === "survivor" && begun.has(call.dispatchId))
      .length,
  };
}

/** A repetition is right when the lease of the other one has ended, be it by a death or by a machine that stood still. */
function isDoubled({ process, dispatchId, takenAt }: Call, calls: readonly Call[], notes: Notes) {
  if (Number.isNaN(takenAt)) return true;
  const others = calls.filter((it) => it.dispatchId === dispatchId && it.process !== process);
  return others.some((other) => surelyHeld(notes[other.process] ?? [], dispatchId, takenAt));
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString());
}

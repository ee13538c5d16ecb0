import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { eventually } from "../../../test/eventually.ts";
import { dispatchOf } from "./support/calls.ts";
import type { LoomDouble } from "./support/loom-double.ts";
import { startLoomDouble } from "./support/loom-double.ts";

const CHILD = fileURLToPath(new URL("support/killable-migrator.ts", import.meta.url));
const STEPS = ["a", "b", "c"];

/** A run of three steps, driven as Loom does, over a migrator that is started again whenever it dies. */
async function runOver(dieAt: string, onEvent: (stage: Stage) => void = () => undefined) {
  const dir = await mkdtemp(join(tmpdir(), "loom-kill-"));
  const loom = await startLoomDouble();
  const stage: Stage = { dir, loom, workLog: join(dir, "work.log"), starts: 0, isOver: false };
  onTestFinished(async () => {
    stage.isOver = true;
    stage.child?.kill("SIGKILL");
    await loom.close();
    await rm(dir, { recursive: true });
  });
  loom.script(({ path }) => {
    if (path.startsWith("/event/")) onEvent(stage);
    return undefined;
  });
  start(stage, dieAt);
  for (const step of STEPS) await finish(stage, step);
  // The news of a death may come after that of the last step.
  const deaths = dieAt === "" ? 0 : 1;
  await eventually(() => expect(stage.starts).toBeGreaterThan(deaths));
  const work = (await readFile(stage.workLog, "utf8")).trim().split("\n");
  return { ...stage, work, terminal: terminalEvents(loom) };
}

interface Stage {
  readonly dir: string;
  readonly loom: LoomDouble;
  readonly workLog: string;
  starts: number;
  isOver: boolean;
  child?: ChildProcess;
  url?: string | undefined;
}

function start(stage: Stage, dieAt: string): void {
  const { dir, loom, workLog } = stage;
  stage.starts += 1;
  const child = fork(CHILD, [join(dir, "store"), loom.url, dieAt, workLog], {
    execArgv: ["--conditions=@loom/source"],
  });
  stage.child = child;
  child.on("message", (message: { url?: string }) => (stage.url = message.url ?? stage.url));
  child.on("exit", () => {
    stage.url = undefined;
    if (!stage.isOver) start(stage, "");
  });
}

/** Dispatches a step until the migrator answers, and waits until it is reported as done. */
async function finish(stage: Stage, step: string): Promise<void> {
  await eventually(async () => expect(await deliver(stage, step)).toBe(202));
  if (step === "b") {
    await eventually(() => expect(stage.loom.trace()).toContain("b open"));
    await eventually(async () => expect(["accepted", "ignored"]).toContain(await settle(stage)));
  }
  const done = step === "b" ? "b merged" : `${step} completed`;
  await eventually(() => expect(stage.loom.trace()).toContain(done));
}

async function deliver({ url }: Stage, step: string): Promise<number> {
  const body = JSON.stringify(dispatchOf(step, { type: "work" }));
  const response = await fetch(`${url}/dispatch-step`, { method: "POST", body }).catch(() => null);
  return response?.status ?? 0;
}

async function settle({ child, url }: Stage): Promise<unknown> {
  if (!child || !url) return "down";
  child.send({ settle: "pr-b" });
  const answer: unknown = await Promise.race([
    once(child, "message").then(([message]: { settled?: string }[]) => message?.settled),
    once(child, "exit").then(() => "down"),
  ]);
  return answer;
}

/** Events that end a step, a repeated one counted once. */
function terminalEvents({ events }: LoomDouble): string[] {
  const ends = events.filter(({ phase = "completed" }) => phase !== "open");
  const byId = new Map(ends.map((event) => [event.eventId, event.stepName]));
  return [...byId.values()];
}

test.each([
  ["a: before the answer", 3],
  ["a: after work", 4],
  ["b: before work", 3],
  ["b: after work", 4],
  ["b: before the event", 3],
  ["c: before the event", 3],
] as const)(
  "killed at '%s' the run finishes after a restart, each step done once",
  async (dieAt, works) => {
    const { terminal, work, starts } = await runOver(dieAt);
    expect(terminal).toEqual(STEPS);
    expect(starts).toBe(2);
    // Only a kill within the work repeats it.
    expect(work).toHaveLength(works);
  },
  60_000,
);

test("killed whenever an event arrives the run finishes, each step done once", async () => {
  let kills = 0;
  const { terminal, work, starts } = await runOver("", (stage) => {
    kills += 1;
    if (kills <= 3) stage.child?.kill("SIGKILL");
  });
  expect(terminal).toEqual(STEPS);
  expect(work).toEqual(STEPS);
  expect(starts).toBe(4);
}, 60_000);

test("killed at random moments after each event the run finishes, each step done once", async () => {
  let kills = 0;
  const { terminal } = await runOver("", ({ child }) => {
    kills += 1;
    if (kills <= 4) setTimeout(() => child?.kill("SIGKILL"), Math.random() * 20);
  });
  expect(terminal).toEqual(STEPS);
}, 60_000);

import type { CandidateRef, DispatchStepRequest, Loom, Migrators, Store } from "@loom/core";
import { createLoom, LoomError } from "@loom/core";
import { createLocalEngine } from "@loom/local";

/** The moment at which a process ends: before or after the nth time that it does something. */
export interface Death {
  readonly boundary: string;
  readonly nth: number;
  readonly side: "before" | "after";
}

/** A call as a migrator got it. */
export type Call = DispatchStepRequest & { readonly kind: "do" | "undo" };

/** What a process tells when it lived to the end: how often it passed each boundary. */
export type Passed = Readonly<Record<string, number>>;

/** A Loom whose migrators report whatever they are asked for, but for one step that stands open until it is cancelled. */
export interface DoomedLoom {
  readonly loom: Loom;
  readonly passed: Passed;
  /** Reports a call as done, as its migrator does again and again until it is taken. */
  readonly report: (call: Call) => Promise<void>;
}

export const GOES = "goes to its end";
export const TURNS = "turns back";
export const STEPS = [{ name: "bump", compensable: true }, { name: "approve" }];

/** What changes something that outlives the process. */
const WRITES = [
  "changeStatus",
  "commitRun",
  "leaseDue",
  "markCancelling",
  "appendHistory",
] as const satisfies readonly (keyof Store)[];

export function doomedLoom(store: Store, death?: Death): DoomedLoom {
  const passed: Record<string, number> = {};
  const pass = async <T>(boundary: string, work: () => Promise<T>): Promise<T> => {
    const nth = (passed[boundary] ?? 0) + 1;
    passed[boundary] = nth;
    const isIts = death?.boundary === boundary && death.nth === nth;
    if (isIts && death.side === "before") await die();
    const result = await work();
    if (isIts) await die();
    return result;
  };
  const report = async (call: Call) => {
    if (call.candidate.id === TURNS && call.kind === "do") return;
    const about = { stepName: call.stepName, candidateId: call.candidate.id };
    await loom.reportStep(call.callbackId, { ...about, success: true });
  };
  const loom = createLoom({
    store: { ...store, ...passing(store, pass) },
    engine: createLocalEngine({ leaseMs: 1_000, pollMs: 50, pauseMs: 100 }),
    migrators: migratorsFor(pass, (call) => void report(call)),
    secrets: ["a secret that all processes share"],
    logger: { debug() {}, info() {}, warn() {}, error() {} },
  });
  return { loom, passed, report };
}

type Pass = <T>(boundary: string, work: () => Promise<T>) => Promise<T>;

function passing(store: Store, pass: Pass): Partial<Store> {
  const methods = WRITES.map((name) => {
    const method = store[name] as (...args: unknown[]) => Promise<unknown>;
    return [name, (...args: unknown[]) => pass(name, () => method.apply(store, args))];
  });
  return Object.fromEntries(methods) as Partial<Store>;
}

function die(): Promise<never> {
  process.kill(process.pid, "SIGKILL");
  return new Promise(() => {});
}

/** Reaches migrators by plain HTTP. */
function migratorsFor(pass: Pass, done: (call: Call) => void): Migrators {
  const send = async (url: string, call: Call) => {
    const reply = await fetch(url, { method: "POST", body: JSON.stringify(call) });
    if (!reply.ok) return { type: "unavailable", error: "not taken" } as const;
    done(call);
    return { type: "accepted" } as const;
  };
  return {
    dispatchStep: ({ url }, request) =>
      pass("dispatch", () => send(url, { ...request, kind: "do" })),
    compensateStep: ({ url }, request) =>
      pass("compensate", () => send(url, { ...request, kind: "undo" })),
    dryRun: async () => ({ steps: [] }),
  };
}

/** Brings one run to its end and turns another back, whatever an earlier process has done of that. */
export async function live(loom: Loom, migrationId: string): Promise<void> {
  const goes = { migrationId, candidateId: GOES };
  const turns = { migrationId, candidateId: TURNS };
  await unlessDone(loom.start(goes), "already_running", "already_completed");
  await until(async () => (await loom.getCandidate(goes)).status === "completed");
  if ((await loom.getCandidate(turns)).attempt === undefined) await loom.start(turns);
  await until(() => isUnderWay(loom, turns));
  await unlessDone(loom.cancel(turns, { compensate: true }), "invalid_transition");
  await until(async () => (await loom.getCandidate(turns)).status === "not_started");
}

/** Whether a migrator has a call of a run, as it says itself. */
async function isUnderWay(loom: Loom, { migrationId }: CandidateRef): Promise<boolean> {
  const { migratorUrl } = await loom.getMigration(migrationId);
  const reply = await fetch(`${migratorUrl}/${migrationId}`);
  return (await reply.json()) === true;
}

async function unlessDone(
  deed: Promise<unknown>,
  ...codes: Parameters<typeof LoomError.is>[1][]
): Promise<void> {
  await deed.catch((error: unknown) => {
    if (!LoomError.is(error, ...codes)) throw error;
  });
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resume) => setTimeout(resume, 10));
}

/** The whole of a process: lives until its death, and tells what it passed if it came to the end. */
export async function runDoomedProcess(
  store: Store,
  [migrationId = "", death = ""]: readonly string[],
): Promise<void> {
  const { loom, passed } = doomedLoom(store, death === "" ? undefined : JSON.parse(death));
  await loom.open();
  process.send?.("open");
  await live(loom, migrationId);
  await loom.close();
  process.send?.(passed);
}

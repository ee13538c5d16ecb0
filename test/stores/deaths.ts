import { fork } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import type { Store } from "@loom/core";
import {
  type Call,
  type Death,
  doomedLoom,
  GOES,
  live,
  type Passed,
  STEPS,
  TURNS,
} from "./doomed-loom.ts";

/** How many more deaths, at every boundary and at as many moments by chance: `LOOM_KILLS=100 npm test -- deaths`. */
const WANTED = Number(process.env["LOOM_KILLS"] ?? 0);
/** The time after which the deaths hang, in milliseconds. */
export const DEATHS_TIMEOUT = 240_000 + 20_000 * WANTED;

/** What came of processes that died, one after another, each in the middle of its own migration. */
export interface DeathReport {
  readonly deaths: number;
  /** Where a process should have died and did not. */
  readonly survived: readonly string[];
  /** What is not as if nobody had died. */
  readonly wrong: readonly string[];
}

type Doom = Death | { readonly afterMs: number };

/**
 * Kills processes by SIGKILL before and after everything that they do for good: the claim of a run, each step of it, its leases,
 * its calls, its end. Another process then has to bring everything to the same end as if nothing had happened.
 *
 * @param script runs `runDoomedProcess`; it gets `args`, the migration and the death
 * @param store the same store, for the one who takes over
 */
export async function dieEverywhere(
  store: Store,
  script: URL,
  args: readonly string[],
): Promise<DeathReport> {
  const { calls, url: migratorUrl, close } = await startMigrator();
  const wrong: string[] = [];
  const survived: string[] = [];
  let deaths = 0;

  const play = async (migrationId: string, doom: Doom | undefined): Promise<Passed | undefined> => {
    await announce(store, migrationId, migratorUrl);
    const own = () => calls.filter((call) => call.migrationId === migrationId);
    const passed = await liveAndDie(script, [...args, migrationId], doom);
    if (!passed) deaths++;
    else if (doom && "boundary" in doom && doom.boundary !== "leaseDue")
      survived.push(wordsOf(doom));
    await takeOver(store, migrationId, own);
    const found = await stateOf(store, migrationId, own());
    if (found !== AS_MEANT) wrong.push(`${wordsOf(doom)}: ${found}`);
    return passed;
  };

  try {
    const passed = (await play("undisturbed", undefined)) ?? {};
    for (const [n, doom] of doomsOf(passed).entries()) await play(`death-${n}`, doom);
    return { deaths, survived, wrong };
  } finally {
    close();
  }
}

/** A migrator that takes every call, and says of a migration whether the run that turns back has one. */
async function startMigrator() {
  const calls: Call[] = [];
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method === "POST") calls.push((await json(request)) as Call);
    const isCalled = calls.some(
      ({ migrationId, candidate }) => request.url === `/${migrationId}` && candidate.id === TURNS,
    );
    response.end(JSON.stringify(isCalled));
  };
  const server = createServer((request, response) => void take(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { calls, url, close: () => server.close().closeAllConnections() };
}

/** The first time of each boundary, and one moment by chance; all of them when that is wanted. */
function doomsOf(passed: Passed): Doom[] {
  const boundaries = Object.entries(passed).flatMap(([boundary, times]) =>
    Array.from({ length: WANTED > 0 ? times : 1 }, (_, n) => ({ boundary, nth: n + 1 })),
  );
  const sides = boundaries.flatMap((each): Death[] => [
    { ...each, side: "before" },
    { ...each, side: "after" },
  ]);
  const moments = Array.from({ length: Math.max(1, WANTED) }, () => ({
    afterMs: Math.floor(Math.random() * 600),
  }));
  return [...sides, ...moments];
}

/** @returns what the process passed, if it came to its end */
async function liveAndDie(
  script: URL,
  args: readonly string[],
  doom: Doom | undefined,
): Promise<Passed | undefined> {
  const death = doom && "boundary" in doom ? JSON.stringify(doom) : "";
  const execArgv = ["--conditions=@loom/source"];
  const child = fork(script, [...args, death], { execArgv, stdio: "inherit" });
  const exit = once(child, "exit");
  let passed: Passed | undefined;
  child.on("message", (told: "open" | Passed) => {
    if (told !== "open") passed = told;
    if (told !== "open") child.kill("SIGTERM");
    else if (doom && "afterMs" in doom) setTimeout(() => child.kill("SIGKILL"), doom.afterMs);
  });
  const [code] = await exit;
  if (code !== null && code !== 0)
    throw new Error(`a process ended with ${code}, not by its death`);
  return passed;
}

async function announce(store: Store, id: string, migratorUrl: string): Promise<void> {
  const { loom } = doomedLoom(store);
  const candidates = [{ id: GOES }, { id: TURNS }];
  await loom.announce({ id, name: "Die", steps: STEPS, migratorUrl, candidates, migratorApp: id });
}

/** Another process opens, and migrators tell it again whatever they have done. */
async function takeOver(store: Store, migrationId: string, calls: () => Call[]): Promise<void> {
  const { loom, report } = doomedLoom(store);
  await loom.open();
  await Promise.all(calls().map(report));
  await live(loom, migrationId);
  await loom.close();
}

const AS_MEANT = JSON.stringify({
  statuses: ["completed 1", "not_started 1"],
  cancelled: 1,
  actions: ["close", "complete", "start", "start"],
  calls: [`${GOES} do approve`, `${GOES} do bump`, `${TURNS} do bump`, `${TURNS} undo bump`],
  isOutboxEmpty: true,
});

/** Lines of what was asked for, which are not written with what is done: a death may come between. */
const ASKED = new Set(["announce", "discover", "cancel"]);

/** All that is left of a migration: a call counts once for each id that it was made under. */
async function stateOf(store: Store, migrationId: string, calls: readonly Call[]): Promise<string> {
  const { items } = await store.listCandidates(migrationId, { limit: 10 });
  const cancelled = await store.listCancelledAttempts(migrationId, { limit: 10 });
  const history = await store.listHistory(migrationId, { limit: 100 });
  const actions = history.items.map(({ action }) => action);
  const named = new Map(
    calls.map(({ dispatchId, candidate, kind, stepName }) => [
      dispatchId,
      `${candidate.id} ${kind} ${stepName}`,
    ]),
  );
  return JSON.stringify({
    statuses: items.map(({ status, attempt }) => `${status} ${attempt}`),
    cancelled: cancelled.items.length,
    actions: actions.filter((action) => !ASKED.has(action)).toSorted(),
    calls: [...named.values()].toSorted(),
    isOutboxEmpty: (await store.nextDueAt()) === null,
  });
}

function wordsOf(doom: Doom | undefined): string {
  if (!doom) return "undisturbed";
  if ("afterMs" in doom) return `after ${doom.afterMs} ms`;
  return `${doom.side} ${doom.boundary} ${doom.nth}`;
}

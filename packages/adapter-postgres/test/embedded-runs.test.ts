import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import type { DispatchStepRequest } from "@loom/core";
import { afterEach, describe, expect, test } from "vitest";
import type { Done, Told } from "./embedded-loom.ts";

const SCRIPT = new URL("./embedded-loom.ts", import.meta.url);
const CANDIDATES = 15;
const STEPS = 3;
const KILLS = 5;
/** Less than half of the works on the disk that all the runs take. */
const WORKS = 60;

describe("the runs of a Loom over an embedded Postgres", () => {
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end();
  });

  test("come to their end, each step under one id, wherever their process is killed", {
    timeout: 300_000,
  }, async () => {
    const dir = await mkdtemp(join(tmpdir(), "loom-embedded-"));
    ends.push(() => rm(dir, { recursive: true }));
    const dispatched = new Map<string, Set<string>>();
    const unreported = new Map<string, Done>();
    let child: ChildProcess | undefined;
    ends.push(() => child?.kill("SIGKILL"));

    const migrator = createServer((request, response) => void take(request, response));
    migrator.listen(0, "127.0.0.1");
    await once(migrator, "listening");
    ends.push(() => migrator.close().closeAllConnections());
    const url = `http://127.0.0.1:${(migrator.address() as AddressInfo).port}`;

    async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
      const asked = (await json(request)) as DispatchStepRequest;
      const { callbackId, stepName, candidate, attempt } = asked;
      const step = `${candidate.id} ${attempt} ${stepName}`;
      dispatched.set(step, (dispatched.get(step) ?? new Set()).add(asked.dispatchId));
      const done = { callbackId, stepName, candidateId: candidate.id };
      unreported.set(callbackId, done);
      response.end("{}");
      report(done);
    }

    function report(done: Done): void {
      if (child?.connected) child.send(done, () => {});
    }

    /** @returns how many runs are completed when the process dies, or when all of them are */
    async function live(death: number): Promise<number> {
      const args = [dir, url, String(CANDIDATES), String(death)];
      const life = fork(SCRIPT, args, { execArgv: ["--conditions=@loom/source"] });
      child = life;
      let completed = 0;
      life.on("message", (told: Told) => {
        if (told === "open") for (const done of unreported.values()) report(done);
        else if ("taken" in told) unreported.delete(told.taken);
        else completed = told.completed;
        if (completed === CANDIDATES) life.kill("SIGTERM");
      });
      const [, signal] = await once(life, "exit");
      // Its death may come when all is done, and before the signal to end.
      const expected = completed === CANDIDATES ? ["SIGTERM", "SIGKILL"] : ["SIGKILL"];
      expect(expected).toContain(signal);
      return completed;
    }

    let [completed, kills] = [0, 0];
    while (completed < CANDIDATES) {
      const death = kills < KILLS ? 1 + Math.floor(Math.random() * WORKS) : 0;
      completed = await live(death);
      if (completed < CANDIDATES) kills++;
    }
    expect(kills).toBeGreaterThan(1);
    expect(dispatched.size).toBe(CANDIDATES * STEPS);
    expect([...dispatched].filter(([, ids]) => ids.size > 1)).toEqual([]);
  });
});

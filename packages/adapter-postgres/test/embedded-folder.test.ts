import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { fill } from "../../../test/stores/builders.ts";
import { createEmbeddedPostgresStore, type EmbeddedPostgresStore } from "../src/embedded/index.ts";

describe("the folder of an embedded Postgres", () => {
  const ends: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end();
  });

  async function folder(): Promise<string> {
    const dir = await mkdtemp(join(tmpdir(), "loom-embedded-"));
    ends.push(() => rm(dir, { recursive: true, force: true }));
    return dir;
  }

  async function open(dir: string): Promise<EmbeddedPostgresStore> {
    const store = await createEmbeddedPostgresStore({ dir });
    ends.push(() => store.close());
    return store;
  }

  test("holds all that was acknowledged to a process that was killed", async () => {
    const dir = await folder();
    const script = new URL("./embedded-process.ts", import.meta.url);
    for (const round of ["a", "b"]) {
      const told: string[] = [];
      const child = fork(script, [dir, round], { execArgv: ["--conditions=@loom/source"] });
      child.on("message", (id: string) => {
        told.push(id);
        if (told.length === 120) child.kill("SIGKILL");
      });
      await once(child, "exit");
      const store = await createEmbeddedPostgresStore({ dir });
      const records = await Promise.all(
        told.map((candidateId) => store.getCandidate({ migrationId: `m${round}`, candidateId })),
      );
      expect(records.filter((record) => record?.status !== "queued")).toEqual([]);
      const counts = await store.countCandidates(`m${round}`);
      expect(counts.queued + counts.notStarted).toBe(10_000);
      expect(counts.queued).toBeGreaterThanOrEqual(told.length);
      await store.close();
    }
  }, 120_000);

  test("serves one store at a time, and the next after it", { timeout: 60_000 }, async () => {
    const dir = await folder();
    const store = await open(dir);
    await fill(store, "m", [{ id: "one" }]);
    await expect(createEmbeddedPostgresStore({ dir })).rejects.toMatchObject({
      code: "invalid_configuration",
      message: expect.stringMatching(/is in use/),
    });
    await store.close();
    ends.pop();
    const next = await open(join(dir, "."));
    await next.ping();
    expect((await next.getCandidate({ migrationId: "m", candidateId: "one" }))?.attempt).toBe(0);
    expect((await readdir(dir)).toSorted()).toEqual(["loom.lock.2", "postgres"]);
  });
});

import { LoomError } from "@loom/core";
import type { FileDiff } from "@loom/core/wire";
import { defineMigration } from "@loom/migrator-sdk";
import type { Settlement } from "@loom/migrator-sdk";
import { expect, test } from "vitest";
import * as z from "zod";
import { testMigration } from "../src/index.ts";

/** A forge in memory: pull requests by the key that opened them. */
function fakeForge() {
  const pulls = new Map<string, { readonly files: readonly FileDiff[]; isOpen: boolean }>();
  const settled = new Map<string, Settlement>();
  return {
    pulls,
    settled,
    async findOrOpen(key: string, files: readonly FileDiff[]) {
      pulls.set(key, { files, isOpen: true });
      return { key: `acme/billing#${pulls.size}`, url: `https://forge/${pulls.size}` };
    },
    async close(key: string) {
      pulls.set(key, { files: [], isOpen: false });
    },
  };
}

const chartUpgrade = (forge: ReturnType<typeof fakeForge>) =>
  defineMigration({
    id: "chart-upgrade",
    name: "Upgrade the chart",
    inputs: z.object({ targetVersion: z.string().describe("Version to move to") }),
    handlers: {
      "bump-chart": {
        config: z.object({ env: z.string() }),
        metadata: z.object({ prUrl: z.string() }),
        changes: ({ config, inputs }) => [
          {
            repo: "acme/billing",
            path: `${config.env}.yaml`,
            before: "1",
            after: inputs.targetVersion,
          },
        ],
        async run(ctx) {
          const pull = await forge.findOrOpen(ctx.key, await ctx.changes());
          return ctx.open({ key: pull.key, metadata: { prUrl: pull.url } });
        },
        check: (key) => forge.settled.get(key),
        async compensate(ctx) {
          await forge.close(ctx.key);
          return ctx.done();
        },
        timeoutSeconds: 14 * 86_400,
      },
      approve: { run: async (ctx) => ctx.awaitReview({ instructions: "Check staging" }) },
    },
    plan: [
      { name: "bump-staging", type: "bump-chart", config: { env: "staging" } },
      { name: "approve" },
      { name: "bump-prod", type: "bump-chart", config: { env: "prod" } },
    ],
    discover: () => [{ id: "discovered" }],
  });

const billing = { id: "billing" };
const inputs = { targetVersion: "2.0.0" };

test("a run goes from step to step as its pull requests are merged and its reviews approved", async () => {
  const t = await testMigration(chartUpgrade(fakeForge()), { candidates: [billing] });
  const run = await t.start("billing", { inputs });
  expect(await run.trace()).toEqual(["bump-staging open"]);
  expect(await run.settle("acme/billing#1", { phase: "merged" })).toBe("accepted");
  expect(await run.trace()).toEqual([
    "bump-staging open",
    "bump-staging merged",
    "approve awaiting_review",
  ]);
  await run.approve();
  await run.settle("acme/billing#2", { phase: "merged" });
  expect((await run.trace()).slice(3)).toEqual([
    "approve completed",
    "bump-prod open",
    "bump-prod merged",
  ]);
  expect(await run.status()).toBe("completed");
});

test("weeks pass at once: a step that nobody ends times out, and a late merge lifts it", async () => {
  const t = await testMigration(chartUpgrade(fakeForge()), { candidates: [billing] });
  const run = await t.start("billing", { inputs });
  await t.advance("13 days");
  expect(await run.trace()).toEqual(["bump-staging open"]);
  await t.advance("2 days");
  expect(await run.trace()).toEqual(["bump-staging open", "bump-staging failed"]);
  await run.settle("acme/billing#1", { phase: "merged" });
  expect((await run.trace()).slice(2)).toEqual(["bump-staging merged", "approve awaiting_review"]);
});

test("a webhook that was lost is made good by a check", async () => {
  const forge = fakeForge();
  const t = await testMigration(chartUpgrade(forge), { candidates: [billing] });
  const run = await t.start("billing", { inputs });
  forge.settled.set("acme/billing#1", { phase: "merged" });
  await t.advance("4 minutes");
  expect(await run.trace()).toEqual(["bump-staging open"]);
  await t.advance("1 minute");
  expect((await run.trace())[1]).toBe("bump-staging merged");
});

test("a step that failed is retried", async () => {
  const t = await testMigration(chartUpgrade(fakeForge()), { candidates: [billing] });
  const run = await t.start("billing", { inputs });
  await run.settle("acme/billing#1", { failed: "closed without merging" });
  await run.retry();
  expect(await run.trace()).toEqual([
    "bump-staging open",
    "bump-staging failed",
    "bump-staging open",
  ]);
  expect((await run.detail()).steps[0]).toMatchObject({
    stepAttempt: 2,
    failures: [{ error: "closed without merging" }],
  });
});

test("a cancelled run is compensated in reverse order, and may start again", async () => {
  const forge = fakeForge();
  const t = await testMigration(chartUpgrade(forge), { candidates: [billing] });
  const run = await t.start("billing", { inputs });
  await run.settle("acme/billing#1", { phase: "merged" });
  await run.cancel({ compensate: true });
  expect((await run.trace()).slice(3)).toEqual(["undo bump-staging completed"]);
  expect([...forge.pulls.values()].map(({ isOpen }) => isOpen)).toEqual([false]);
  expect(await run.status()).toBe("not_started");
  const again = await t.start("billing", { inputs });
  expect((await again.detail()).attempt).toBe(2);
  expect(forge.pulls.size).toBe(2);
});

test("a dry-run shows what the run then commits, for every step", async () => {
  const forge = fakeForge();
  const t = await testMigration(chartUpgrade(forge), { candidates: [billing] });
  const { steps } = await t.dryRun("billing", { inputs });
  expect(steps.map(({ stepName, skipped }) => [stepName, skipped])).toEqual([
    ["bump-staging", false],
    ["approve", true],
    ["bump-prod", false],
  ]);
  const run = await t.start("billing", { inputs });
  await run.settle("acme/billing#1", { phase: "merged" });
  await run.approve();
  expect([...forge.pulls.values()].map(({ files }) => files)).toEqual([
    steps[0]?.files,
    steps[2]?.files,
  ]);
});

test("a start without its inputs is refused, as by any Loom", async () => {
  const t = await testMigration(chartUpgrade(fakeForge()), { candidates: [billing] });
  await expect(t.start("billing")).rejects.toSatisfy((error) =>
    LoomError.is(error, "missing_inputs"),
  );
  await expect(t.start("other")).rejects.toSatisfy((error) =>
    LoomError.is(error, "candidate_not_found"),
  );
});

test("without candidates the migration's own discovery is used", async () => {
  const t = await testMigration(chartUpgrade(fakeForge()));
  const run = await t.start("discovered", { inputs });
  expect(await run.trace()).toEqual(["bump-staging open"]);
});

test("handlers that throw are tried again in virtual time", async () => {
  let tries = 0;
  const migration = defineMigration({
    id: "m",
    name: "M",
    handlers: {
      bump: {
        retry: { attempts: 3, initialSeconds: 3_600 },
        run(ctx) {
          tries += 1;
          if (tries < 3) throw new Error("the forge is down");
          return ctx.done();
        },
      },
    },
    plan: [{ name: "bump" }],
  });
  const t = await testMigration(migration, { candidates: [billing] });
  const run = await t.start("billing");
  expect(tries).toBe(1);
  await t.advance("1 hour");
  expect(tries).toBe(2);
  expect(await run.trace()).toEqual([]);
  await t.advance("2 hours");
  expect(await run.trace()).toEqual(["bump completed"]);
  expect(await run.status()).toBe("completed");
});

test("a handler that listens to its signal is aborted by a cancel", async () => {
  const migration = defineMigration({
    id: "m",
    name: "M",
    handlers: {
      bump: {
        run: (ctx) =>
          new Promise((_resolve, reject) => {
            ctx.signal.addEventListener("abort", () => reject(new Error("aborted")));
          }),
        compensate: (ctx) => ctx.done(),
      },
    },
    plan: [{ name: "bump" }],
  });
  const t = await testMigration(migration, { candidates: [billing], patienceMs: 20 });
  const run = await t.start("billing");
  await run.cancel({ compensate: true });
  expect(await run.trace()).toEqual(["undo bump completed"]);
  expect(await run.status()).toBe("not_started");
});

test("a time that is none is refused", async () => {
  const t = await testMigration(chartUpgrade(fakeForge()));
  await expect(async () => t.advance("15 moons" as never)).rejects.toThrow("15 days");
  for (const time of [Number.NaN, Number.POSITIVE_INFINITY, -1, "-1 day", "Infinity days"] as const)
    await expect(async () => t.advance(time as never)).rejects.toThrow(`"${time}" is no duration`);
});

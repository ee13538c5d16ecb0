import type { RunDetail } from "@loom/core";
import { expect, test } from "vitest";
import { bodyOf, httpServer } from "./support/servers.ts";
import { send, stageServer } from "./support/stage.ts";

/** All that a migrator of the original shape knows of a dispatch. */
interface OriginalDispatch {
  readonly stepName: string;
  readonly candidate: { readonly id: string; readonly metadata: Readonly<Record<string, string>> };
  readonly config: { readonly env: string };
  readonly callbackId: string;
  readonly type: string;
}

/** And all that it ever says. */
interface OriginalEvent {
  readonly stepName: string;
  readonly candidateId: string;
  readonly success: boolean;
  readonly phase?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

type Handler = (
  dispatch: OriginalDispatch,
) => readonly Pick<OriginalEvent, "success" | "phase" | "metadata">[];

/**
 * A migrator as they were written for the original server: it does the work and calls back, once, at the address that it was
 * configured with, before it answers the dispatch.
 */
async function originalMigrator(loomUrl: string, handlers: Readonly<Record<string, Handler>>) {
  const said: string[] = [];
  const callBack = async (callbackId: string, event: OriginalEvent) => {
    const sent = {
      method: "POST",
      path: `/event/${callbackId}`,
      as: "nobody",
      body: event,
    } as const;
    const { status, text } = await send(loomUrl, sent);
    said.push(`${event.stepName} ${event.phase ?? event.success}: ${status} ${text}`);
  };
  const url = await httpServer(async (request, response) => {
    const dispatch = JSON.parse(await bodyOf(request)) as OriginalDispatch;
    const { stepName, candidate, type, callbackId } = dispatch;
    for (const outcome of handlers[type]?.(dispatch) ?? [])
      await callBack(callbackId, { stepName, candidateId: candidate.id, ...outcome });
    said.push(`${stepName} answered`);
    response.writeHead(202).end();
  });
  return { url, said };
}

/** The announcement as the original server took it: `workerApp`, and the candidates with it. */
const announcementOf = (migratorUrl: string) => ({
  id: "chart-upgrade",
  name: "Upgrade the chart",
  steps: ["staging", "production"].map((env) => ({
    name: `bump-${env}`,
    workerApp: "charts",
    type: "bump-chart",
    config: { env },
  })),
  requiredInputs: [{ name: "targetVersion", label: "Version" }],
  migratorUrl,
  candidates: [{ id: "acme/billing", metadata: { team: "payments" } }],
});

const billing = { migrationId: "chart-upgrade", candidateId: "acme/billing" };

/** A migrator that is announced, and a candidate that has been started. */
async function started(bump: Handler) {
  const stage = await stageServer();
  const migrator = await originalMigrator(stage.origin, { "bump-chart": bump });
  const body = announcementOf(migrator.url);
  const announced = { method: "POST", path: "/registry/announce", as: "migrator", body } as const;
  expect((await stage.send(announced)).status).toBe(200);
  await stage.loom.start(billing, { inputs: { targetVersion: "2.0.0" } });
  const until = async (wanted: (run: RunDetail) => boolean) => {
    for (;;) {
      const run = await stage.loom.getSteps(billing);
      if (wanted(run)) return run;
      await new Promise((again) => setTimeout(again, 10));
    }
  };
  return { ...stage, said: migrator.said, until };
}

test("a migrator of the original shape, which calls back before it answers, completes unchanged", async () => {
  const { said, until } = await started(({ candidate, config }) => [
    { success: true, phase: "open", metadata: { prUrl: `https://forge.example/${config.env}` } },
    {
      success: true,
      phase: "merged",
      metadata: { version: candidate.metadata["targetVersion"] ?? "" },
    },
  ]);
  const { steps } = await until(({ status }) => status === "completed");
  expect(steps.map(({ status, metadata }) => [status, metadata])).toEqual([
    ["merged", { prUrl: "https://forge.example/staging", version: "2.0.0" }],
    ["merged", { prUrl: "https://forge.example/production", version: "2.0.0" }],
  ]);
  const accepted = '202 {"status":"accepted"}';
  expect(said).toEqual(
    ["bump-staging", "bump-production"].flatMap((step) => [
      `${step} open: ${accepted}`,
      `${step} merged: ${accepted}`,
      `${step} answered`,
    ]),
  );
});

test("its failure blocks the run, and a retry calls it once more", async () => {
  const outcomes = [false, true, true];
  const { loom, said, until } = await started(() => [{ success: outcomes.shift() ?? false }]);
  const failed = await until(({ steps }) => steps[0]?.status === "failed");
  expect(failed.status).toBe("running");
  await loom.retryStep(billing, { stepName: "bump-staging" });
  const { steps } = await until(({ status }) => status === "completed");
  expect(steps.map(({ status, stepAttempt }) => [status, stepAttempt])).toEqual([
    ["completed", 2],
    ["completed", 1],
  ]);
  expect(said.filter((line) => line.endsWith("answered"))).toHaveLength(3);
});

import type { Actor, Loom } from "@loom/core";
import type { RouteId } from "@loom/core/wire";
import { InputsUpdateSchema, parse } from "@loom/core/wire";
import { openapiDocument } from "../openapi.generated.ts";

/** What a request asks for, taken apart. */
export interface Asked {
  /** The ids of the path; `""` for one that it does not have. */
  readonly id: string;
  readonly candidateId: string;
  readonly callbackId: string;
  /** Of no type that TypeScript knows: the Loom checks it. */
  readonly query: never;
  readonly body: never;
  readonly actor: Actor | undefined;
}

type Call = (loom: Loom, asked: Asked) => Promise<unknown>;

/** What each route of the contract is in process. */
export const calls: Readonly<Record<RouteId, Call>> = {
  announceMigration: (loom, { body, actor }) => loom.announce(body, actor),
  submitCandidates: (loom, { id, body, actor }) => loom.submitCandidates(id, body, actor),
  reportStep: (loom, { callbackId, body, actor }) => loom.reportStep(callbackId, body, actor),

  listMigrations: async (loom) => ({ migrations: await loom.listMigrations() }),
  getMigration: (loom, { id }) => loom.getMigration(id),
  listCandidates: (loom, { id, query }) => loom.listCandidates(id, query),
  getCandidate: (loom, asked) => loom.getCandidate(refOf(asked)),
  getSteps: (loom, asked) => loom.getSteps(refOf(asked)),
  listCancelledAttempts: (loom, { id, query }) => loom.listCancelledAttempts(id, query),
  listHistory: (loom, { id, query }) => loom.listHistory(id, query),

  queueRun: (loom, asked) => loom.queue(refOf(asked), asked.body, asked.actor),
  dequeueRun: (loom, asked) => loom.dequeue(refOf(asked), asked.actor),
  executeRun: (loom, asked) => loom.execute(refOf(asked), asked.body, asked.actor),
  startRun: (loom, asked) => loom.start(refOf(asked), asked.body, asked.actor),
  cancelRun: (loom, asked) => loom.cancel(refOf(asked), asked.body, asked.actor),
  retryStep: (loom, asked) => loom.retryStep(refOf(asked), asked.body, asked.actor),
  updateInputs: async (loom, asked) =>
    loom.updateInputs(refOf(asked), parse(InputsUpdateSchema, asked.body).inputs, asked.actor),
  dryRunCandidate: (loom, asked) => loom.dryRun(refOf(asked), asked.body),
  previewCandidate: (loom, { id, body }) => loom.previewCandidate(id, body),

  getOpenApi: async () => openapiDocument,
  getLiveness: async () => ({ status: "ok" }),
  getReadiness: async (loom) => {
    await loom.ready();
    return { status: "ok" };
  },
};

function refOf({ id, candidateId }: Asked) {
  return { migrationId: id, candidateId };
}

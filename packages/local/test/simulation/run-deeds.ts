import { runIdOf } from "@loom/core";
import type { Caller } from "./caller.ts";
import type { Ledger } from "./ledger.ts";
import type { MigratorWorld } from "./migrators.ts";
import type { OperatorLaws } from "./operator-laws.ts";
import { MIGRATION, type World } from "./world.ts";

/** What deeds are done with. */
export interface DeedParts {
  readonly world: World;
  readonly send: Caller;
  readonly laws: OperatorLaws;
  readonly ledger: Ledger;
  readonly migrators: MigratorWorld;
}

const METHODS = { queueRun: "queue", executeRun: "execute", startRun: "start" } as const;
const COMPENSATIONS = [{}, { compensate: true }, { compensate: true }, { compensate: false }];

export const refOf = (candidateId: string) => ({ migrationId: MIGRATION, candidateId });

/** What operators do to one candidate, each deed to be done at any time. */
export function createRunDeeds({ world, send, laws, ledger, migrators }: DeedParts) {
  const { random } = world;

  const current = (candidateId: string) => {
    const view = ledger.viewOf(candidateId, ledger.positionOf(candidateId).attempt);
    return view?.compensations.at(-1) ?? view?.steps.at(-1);
  };

  const begin = async (route: keyof typeof METHODS, candidateId: string) => {
    const given = random.chance(0.3) ? laws.giveInputs(candidateId) : undefined;
    const options = given && { inputs: given.inputs };
    const learnt = await send(route, candidateId, async (loom, actor) => {
      const answer = await loom[METHODS[route]](refOf(candidateId), options, actor);
      laws.begun(route, candidateId, answer.attempt);
      given?.taken(answer.attempt);
    });
    given?.settle(learnt.type);
  };

  return {
    start: (candidateId: string) => begin("startRun", candidateId),
    queue: (candidateId: string) => begin("queueRun", candidateId),
    execute: (candidateId: string) => begin("executeRun", candidateId),
    dequeue: (candidateId: string) =>
      send("dequeueRun", candidateId, (loom, actor) => loom.dequeue(refOf(candidateId), actor)),
    cancel(candidateId: string) {
      const { attempt } = ledger.positionOf(candidateId);
      const isExact = attempt > 0 && random.chance(0.5);
      const options = { ...random.pick(COMPENSATIONS), ...(isExact && { attempt }) };
      const about = `${candidateId} ${JSON.stringify(options)}`;
      return send("cancelRun", about, async (loom, actor) => {
        await loom.cancel(refOf(candidateId), options, actor);
        if (isExact) laws.cancelled(candidateId, attempt);
      });
    },
    retry(candidateId: string) {
      const { attempt } = ledger.positionOf(candidateId);
      const { stepName = "a", stepAttempt = 1 } = current(candidateId) ?? {};
      const isExact = attempt > 0 && random.chance(0.5);
      const options = { stepName, ...(isExact && { attempt, stepAttempt }) };
      laws.retrying(candidateId, stepName);
      return send("retryStep", `${candidateId} ${stepName}`, async (loom, actor) => {
        await loom.retryStep(refOf(candidateId), options, actor);
        if (isExact) laws.retried(candidateId, attempt, stepName, stepAttempt);
      });
    },
    approve(candidateId: string) {
      const stepName = current(candidateId)?.stepName ?? "a";
      migrators.approving(candidateId, stepName);
      const event = laws.reportOn(candidateId, stepName);
      return send("reportStep", `${candidateId} ${stepName}`, async (loom, actor) => {
        const answer = await loom.reportStep(runIdOf(MIGRATION, candidateId), event, actor);
        laws.reported(event, answer);
      });
    },
    async updateInputs(candidateId: string) {
      const given = laws.giveInputs(candidateId);
      if (!given) return;
      const { attempt } = ledger.positionOf(candidateId);
      const learnt = await send("updateInputs", candidateId, async (loom, actor) => {
        await loom.updateInputs(refOf(candidateId), given.inputs, actor);
        if (ledger.positionOf(candidateId).attempt === attempt) given.taken(attempt);
      });
      given.settle(learnt.type);
    },
  };
}

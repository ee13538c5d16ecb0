import type {
  CallOutcome,
  CompensateStepRequest,
  DispatchStepRequest,
  Migrators,
} from "@loom/core";

/** A call as a migrator got it. */
export type Received = (DispatchStepRequest | CompensateStepRequest) & {
  readonly kind: "do" | "undo";
};

type Script = (request: Received) => CallOutcome | Promise<CallOutcome>;

/** Stands for all migrators: notes each call, and answers as told. */
export interface ScriptedMigrators extends Migrators {
  readonly received: readonly Received[];
  /** The calls for a candidate, each as `<attempt> <kind> <step> <number>`. */
  calls(candidateId: string): string[];
  answer(script: Script): void;
}

export function scriptedMigrators(): ScriptedMigrators {
  const received: Received[] = [];
  let script: Script = () => ({ type: "accepted" });
  const take = (request: Received) => {
    received.push(request);
    return Promise.resolve(script(request));
  };
  return {
    received,
    answer(next) {
      script = next;
    },
    calls: (candidateId) =>
      received
        .filter(({ candidate }) => candidate.id === candidateId)
        .map(({ attempt, kind, stepName, stepAttempt }) =>
          [attempt, kind, stepName, stepAttempt].join(" "),
        ),
    dispatchStep: (_, request) => take({ ...request, kind: "do" }),
    compensateStep: (_, request) => take({ ...request, kind: "undo" }),
    dryRun: async () => ({ steps: [] }),
  };
}

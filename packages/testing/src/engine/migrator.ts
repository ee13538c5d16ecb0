import type { CallOutcome, EngineHost, MigrationManifest } from "@loom/core";
import type { CompensateStep, DispatchStep } from "@loom/core/run";

/** A call as a migrator would get it. */
export interface Call {
  readonly manifest: MigrationManifest;
  readonly command: DispatchStep | CompensateStep;
  /** `<attempt> <kind> <step> <number>`. */
  readonly name: string;
}

/** Stands for all migrators: notes each call, and answers as told. */
export interface ScriptedMigrator {
  readonly deliver: EngineHost["deliver"];
  /** Every call so far, in order. */
  readonly calls: readonly Call[];
  /** How many calls wait for their answer. */
  readonly pending: number;
  /** Says how calls are answered from now on. Until then they are accepted. */
  answer(script: (call: Call) => CallOutcome | Promise<CallOutcome>): void;
}

export const ACCEPTED: CallOutcome = { type: "accepted" };

export function createScriptedMigrator(): ScriptedMigrator {
  const calls: Call[] = [];
  let pending = 0;
  let script: (call: Call) => CallOutcome | Promise<CallOutcome> = () => ACCEPTED;
  return {
    calls,
    get pending() {
      return pending;
    },
    answer(next) {
      script = next;
    },
    async deliver(manifest, command) {
      const { attempt, kind, step, number } = command.call;
      const call = { manifest, command, name: `${attempt} ${kind} ${step} ${number}` };
      calls.push(call);
      pending++;
      try {
        return await script(call);
      } finally {
        pending--;
      }
    },
  };
}

/** A door that tests hold shut until they have seen what they wait for. */
export interface Gate {
  readonly passed: Promise<void>;
  readonly open: () => void;
}

export function createGate(): Gate {
  let open = () => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { LoomWorld } from "./loom.ts";
import type { Temporal } from "./temporal.ts";

/** A worker in a process of its own, which uses the store and the migrators of the test by messages. */
export interface KillableWorker {
  /** Ends the process without a word, as a crash does. */
  kill(): Promise<void>;
}

/** A call that the worker process makes on the test's side. */
export interface RemoteCall {
  readonly id: number;
  readonly on: "store" | "migrators";
  readonly method: string;
  readonly given: readonly unknown[];
}

export async function startKillableWorker(
  { given }: Temporal,
  { store, migrators, engine }: LoomWorld,
): Promise<KillableWorker> {
  const child = fork(join(import.meta.dirname, "worker-process.ts"), {
    execArgv: ["--conditions=@loom/source"],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: {
      ...process.env,
      ...given,
      taskQueue: engine.taskQueue,
    },
  });
  const [ready] = await once(child, "message");
  if (ready !== "ready") throw new Error(`the worker process said ${String(ready)}`);
  child.on("message", (call) => void answer(child, { store, migrators }, call as RemoteCall));
  return {
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}

async function answer(
  child: ChildProcess,
  objects: Pick<LoomWorld, "store" | "migrators">,
  { id, on, method, given }: RemoteCall,
): Promise<void> {
  const target: object = objects[on];
  const result: unknown = await Reflect.apply(Reflect.get(target, method), target, given);
  if (child.connected) child.send({ id, result });
}

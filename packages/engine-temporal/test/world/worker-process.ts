// The process of a killable worker: a Loom of its own over the store and the migrators of its parent.
import { createLoom, type Migrators, type Store } from "@loom/core";
import { createTemporalEngine } from "@loom/engine-temporal";
import { createLoomWorker } from "@loom/engine-temporal/worker";
import { Client, Connection } from "@temporalio/client";
import { NativeConnection } from "@temporalio/worker";
import type { RemoteCall } from "./killable-worker.ts";
import { quietRuntime } from "./runtime.ts";

const { address = "", namespace = "", taskQueue = "", bundlePath = "" } = process.env;
const waiting = new Map<number, (result: unknown) => void>();

process.on("message", ({ id, result }: { id: number; result: unknown }) => {
  waiting.get(id)?.(result);
  waiting.delete(id);
});
process.on("disconnect", () => process.exit());

function remote(on: RemoteCall["on"], known: object = {}): unknown {
  return new Proxy(known, {
    get: (_, method: string) =>
      Reflect.get(known, method) ??
      ((...given: unknown[]) =>
        new Promise((resolve) => {
          const id = waiting.size === 0 ? 1 : Math.max(...waiting.keys()) + 1;
          waiting.set(id, resolve);
          process.send?.({ id, on, method, given } satisfies RemoteCall);
        })),
  });
}

quietRuntime();
const engine = createTemporalEngine({
  client: new Client({ connection: await Connection.connect({ address }), namespace }),
  taskQueue,
});
createLoom({
  engine,
  store: remote("store", { durable: false }) as Store,
  migrators: remote("migrators") as Migrators,
  secrets: ["a secret for the tests of loom"],
});
const worker = await createLoomWorker(engine, {
  connection: await NativeConnection.connect({ address }),
  workflowBundle: { codePath: bundlePath },
  stickyQueueScheduleToStartTimeout: "1 second",
});
const running = worker.run();
process.send?.("ready");
await running;

import type { Store } from "@loom/core";
import { LoomError } from "@loom/core";
import type { Machine, World } from "./world.ts";

type Method = (...args: never[]) => Promise<unknown>;

/** What is worth a line: every change, and not every look for work. */
const QUIET = new Set(["leaseDue", "nextDueAt", "getCandidate", "getMigration", "loadRun"]);

/**
 * A store as a process reaches it: every request and every reply takes its time, and some are lost. What a process asked for
 * before it was killed may still be done, or not.
 */
export function storeLink(world: World, machine: Machine, store: Store): Store {
  const methods = Object.entries(store).filter(([, method]) => typeof method === "function");
  const linked = methods.map(([name, method]) => [
    name,
    (...args: never[]) =>
      exchange(world, machine, name, () => (method as Method).apply(store, args)),
  ]);
  return { ...store, ...Object.fromEntries(linked), durable: true };
}

function exchange(
  world: World,
  machine: Machine,
  name: string,
  execute: () => Promise<unknown>,
): Promise<unknown> {
  const { timeline, faults, random, trace } = world;
  return new Promise((resolve, reject) => {
    const reply = (settle: () => void) => {
      const lag = random.chance(0.6) ? 0 : faults.storeLag();
      const arrive = () => {
        if (machine.isAlive) settle();
      };
      if (lag === 0) arrive();
      else timeline.after(lag, arrive);
    };
    timeline.after(faults.storeLag(), () => {
      if (!machine.isAlive && random.chance(0.5)) return;
      const fault = faults.store();
      if (fault !== "none") trace.note(`${machine.name} ${name}: ${fault}`);
      else if (!QUIET.has(name)) trace.note(`${machine.name} ${name}`);
      const fail = () => reply(() => reject(unavailable(fault)));
      if (faults.isDeadly()) timeline.after(0, machine.kill);
      if (fault === "lost") return fail();
      execute().then(
        (value) => (fault === "none" ? reply(() => resolve(value)) : fail()),
        (error: unknown) => reply(() => reject(error)),
      );
    });
  });
}

function unavailable(fault: string): LoomError {
  return new LoomError("store_unavailable", `The store could not be reached: ${fault}.`);
}

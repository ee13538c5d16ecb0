import type { Actor, Loom } from "@loom/core";
import type { RouteId } from "@loom/core/wire";
import { ask, type Learnt } from "./ask.ts";
import type { OperatorLaws } from "./operator-laws.ts";
import type { LoomProcess, World } from "./world.ts";

/** Sends a request to whatever process serves, each in a name of its own, so that history shows what it did. */
export type Caller = <T>(
  route: RouteId,
  about: string,
  call: (loom: Loom, actor: Actor) => Promise<T>,
) => Promise<Learnt<T>>;

export function createCaller(
  world: World,
  laws: OperatorLaws,
  serving: () => readonly LoomProcess[],
): Caller {
  const { random, trace } = world;
  let calls = 0;
  return async (route, about, call) => {
    if (serving().length === 0) return { type: "lost" };
    const process = random.pick(serving());
    const actor = { id: `${route} ${++calls}` };
    const learnt = await ask(world, process, route, () => call(process.loom, actor));
    if (learnt.type === "failed" && !learnt.error.retryable) laws.refused(actor.id);
    const came = learnt.type === "failed" ? learnt.error.code : learnt.type;
    trace.note(`${process.name} ${actor.id}, ${about}: ${came}`);
    return learnt;
  };
}

import type { MigrationManifest } from "../../src/domain/manifest.ts";
import type { CancelRequested, RunEvent } from "../../src/run/events.ts";
import { advanceRun, isTerminal, startRun } from "../../src/run/index.ts";
import type { RunState } from "../../src/run/state.ts";
import { AT } from "./events.ts";
import { keyOf } from "./explore.ts";
import type { Fact, Script } from "./script.ts";
import { factsOf, mayBeTold, promisedIn } from "./script.ts";
import { checkTransition, insist } from "./transition-laws.ts";

/** What all orders of some facts come to. */
export interface Orders {
  readonly count: number;
  /** What they promise, as JSON: one, unless a cancel may fall among them. */
  readonly ends: ReadonlySet<string>;
}

/**
 * Tells the facts, and the cancels in their order, in every order that the law covers. Where all cancels are told,
 * the rest must come to one end however it is told; and a double of anything that is final must change nothing.
 */
export function everyOrder(
  manifest: MigrationManifest,
  script: Script,
  cancels: readonly CancelRequested[] = [],
): Orders {
  const facts = factsOf(script);
  const known = new Map<string, Orders>();

  function from(state: RunState, told: readonly Fact[], cancelsTold: number): Orders {
    const mask = facts.map((fact) => (told.includes(fact) ? 1 : 0)).join("");
    const key = `${keyOf(state)} ${mask} ${cancelsTold}`;
    const orders = known.get(key) ?? search(state, told, cancelsTold);
    known.set(key, orders);
    return orders;
  }

  function search(state: RunState, told: readonly Fact[], cancelsTold: number): Orders {
    for (const { event } of told.filter(isFinal))
      insist(take(state, event) === state, "a double changes nothing");
    const open = facts.filter((fact) => !told.includes(fact) && mayBeTold(fact, told, state));
    const nexts = open.map((fact) => from(take(state, fact.event), [...told, fact], cancelsTold));
    const cancel = cancels[cancelsTold];
    if (cancel) nexts.push(from(take(state, cancel), told, cancelsTold + 1));
    const orders =
      nexts.length > 0
        ? joined(nexts)
        : { count: 1, ends: new Set([JSON.stringify(promisedIn(state))]) };
    if (!cancel)
      insist(
        orders.ends.size === 1,
        `every order comes to one end, not to ${[...orders.ends].join(" or ")}`,
      );
    return orders;
  }

  return from(startRun(manifest, AT)[0], [], 0);
}

/** All but a report that is not terminal, which may be told again and shows for a while. */
function isFinal({ event }: Fact): boolean {
  return event.type !== "step_reported" || isTerminal(event.status);
}

function joined(all: readonly Orders[]): Orders {
  const count = all.reduce((sum, orders) => sum + orders.count, 0);
  return { count, ends: new Set(all.flatMap(({ ends }) => [...ends])) };
}

function take(state: RunState, event: RunEvent): RunState {
  const transition = advanceRun(state, event);
  checkTransition(state, event, transition);
  return transition[0];
}

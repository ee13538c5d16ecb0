import type { CallOutcome, DryRunResult, Migrators } from "@loom/core";
import { LoomError } from "@loom/core";
import type { CallFate } from "./faults.ts";
import type { CallRequest } from "./jobs.ts";
import type { Ledger } from "./ledger.ts";
import { createSendingLaws } from "./sending-laws.ts";
import type { Machine, World } from "./world.ts";

/** Where calls arrive. */
export interface Receiver {
  readonly isKnown: (dispatchId: string) => boolean;
  readonly receive: (request: CallRequest) => void;
}

const CALL_LIMIT_MS = 10_000;
/** What a dead process learns. */
const never = () => new Promise<never>(() => {});
const DOWN: CallOutcome = { type: "unavailable", error: "connection refused" };
const TIMED_OUT: CallOutcome = { type: "unavailable", error: "timed out" };

/** How processes reach migrators: over a network that loses requests and replies, to services that are busy or refuse. */
export function createCalls(
  world: World,
  ledger: Ledger,
  { isKnown, receive }: Receiver,
): (machine: Machine) => Migrators {
  const { timeline, faults, random, trace } = world;
  const laws = createSendingLaws(world, ledger);

  const deliver = async (machine: Machine, request: CallRequest): Promise<CallOutcome> => {
    const fate = faults.call();
    await timeline.sleep(faults.networkLag());
    if (!machine.isAlive && random.chance(0.5)) return DOWN;
    const { outcome, isReceived, takes } = fateOf(world, isKnown(request.dispatchId), fate);
    trace.note(
      `${machine.name} calls ${request.dispatchId}: ${fate}${isReceived ? ", received" : ""}`,
    );
    if (isReceived) receive(request);
    if (faults.isDeadly()) machine.kill();
    await timeline.sleep(takes);
    return outcome;
  };

  const call = async (machine: Machine, request: CallRequest): Promise<CallOutcome> => {
    const end = laws.begin(machine, request);
    const outcome = await deliver(machine, request);
    if (!machine.isAlive) return never();
    end();
    return outcome;
  };

  return (machine) => ({
    dispatchStep: (_, request) => call(machine, { ...request, kind: "do" }),
    compensateStep: (_, request) => call(machine, { ...request, kind: "undo" }),
    dryRun: async (_, { steps }): Promise<DryRunResult> => {
      await timeline.sleep(faults.networkLag());
      if (!machine.isAlive) return never();
      if (faults.isMessageLost()) throw new LoomError("migrator_unreachable", "down");
      return { steps: steps.map(({ name }) => ({ stepName: name, skipped: true })) };
    },
  });
}

interface Fate {
  readonly outcome: CallOutcome;
  readonly isReceived: boolean;
  readonly takes: number;
}

function fateOf({ random, faults }: World, isKnown: boolean, fate: CallFate): Fate {
  const takes = faults.networkLag();
  switch (fate) {
    case "answered":
      return { outcome: { type: "accepted" }, isReceived: true, takes };
    case "lost":
      return { outcome: DOWN, isReceived: false, takes };
    case "reply lost":
      return { outcome: DOWN, isReceived: true, takes };
    case "silent":
      return { outcome: TIMED_OUT, isReceived: random.chance(0.5), takes: CALL_LIMIT_MS };
    case "busy": {
      const retryAfterMs = random.between(0, 8_000);
      return {
        outcome: { type: "unavailable", error: "busy", retryAfterMs },
        isReceived: false,
        takes,
      };
    }
    case "refused":
      // A migrator that has the work already says so; now and then one refuses and works all the same.
      if (isKnown) return { outcome: { type: "accepted" }, isReceived: true, takes };
      return {
        outcome: { type: "refused", error: "not like this" },
        isReceived: random.chance(0.1),
        takes,
      };
  }
}

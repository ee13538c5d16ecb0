import type { CandidateRecord, HistoryEntry, Position, StatusChange } from "@loom/core";
import { isSamePosition, led, UNTOUCHED } from "./positions.ts";
import type { World } from "./world.ts";

/** Every position that a candidate ever had, and whose doing it was. */
export interface StatusLog {
  readonly positionOf: (candidateId: string) => Position;
  /** How often somebody changed a status. */
  readonly changesBy: (actor: string) => number;
  /** Notes what stands after a change that was answered as applied. */
  see(change: StatusChange, found: CandidateRecord | null): void;
  /** Notes a change that was answered as not applied. */
  seeRefusal(change: StatusChange): void;
  /** Holds what stands after a discovery against what stood before. */
  seeDiscovery(read: (candidateId: string) => Promise<CandidateRecord | null>): Promise<void>;
}

export function createStatusLog({ trace }: World): StatusLog {
  const positions = new Map<string, Position>();
  const changes = new Map<string, number>();
  const tokens = new Set<string>();
  const last = new Map<string, string>();
  const positionOf = (candidateId: string) => positions.get(candidateId) ?? UNTOUCHED;

  const count = (actor: string) => {
    const times = (changes.get(actor) ?? 0) + 1;
    changes.set(actor, times);
    if (times > 1 && actor !== "loom") trace.violate(`${actor} was done twice`);
  };

  const move = (candidateId: string, to: Position, { action, attempt, actor }: HistoryEntry) => {
    const from = positionOf(candidateId);
    positions.set(candidateId, to);
    count(actor.id);
    const way = `from ${from.status} ${from.attempt} to ${to.status} ${to.attempt}`;
    trace.note(`${action} led ${candidateId} ${way}`);
    if (!isSamePosition(led(action, from), to) || attempt !== to.attempt)
      trace.violate(`${action} led ${candidateId} ${way}`);
  };

  return {
    positionOf,
    changesBy: (actor) => changes.get(actor) ?? 0,
    see({ candidateId, history, token }, found) {
      const isRepeated = tokens.has(token);
      tokens.add(token);
      last.set(candidateId, token);
      if (!found) return trace.violate(`${candidateId} is gone after ${history.action}`);
      if (!isSamePosition(positionOf(candidateId), found)) return move(candidateId, found, history);
      if (!isRepeated) trace.violate(`${history.action} of ${candidateId} changed nothing`);
    },
    seeRefusal({ candidateId, history, token }) {
      if (last.get(candidateId) === token)
        trace.violate(`${history.action} of ${candidateId} was repeated and not known again`);
    },
    async seeDiscovery(read) {
      for (const [candidateId, position] of positions) {
        const found = await read(candidateId);
        const isKept = found ? isSamePosition(found, position) : position.status === "not_started";
        if (!isKept) trace.violate(`a discovery moved ${candidateId} from ${position.status}`);
      }
    },
  };
}

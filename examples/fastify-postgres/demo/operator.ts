import {
  createOperator as createLoomOperator,
  type Operator as LoomOperator,
} from "../../../test/stage/operator.ts";
import type { Person } from "../../../test/stage/person.ts";
import type { Change } from "../service/catalogue/changes.ts";

/** What an operator, and the teams, do by HTTP during the migration. */
export interface Operator extends LoomOperator {
  changes(): Promise<readonly Change[]>;
  /** Merges the open changes of these services, as their teams do. @returns how many there were */
  merge(services: readonly string[]): Promise<number>;
}

export function createOperator(person: Person): Operator {
  const changes = async () => (await person.get<{ changes: Change[] }>("/changes")).changes;
  return {
    ...createLoomOperator(person, "node-upgrade", "review"),
    changes,
    async merge(services) {
      const open = (await changes()).filter(
        ({ state, service }) => state === "open" && services.includes(service),
      );
      for (const { id } of open) await person.send("POST", `/changes/${id}/merge`);
      return open.length;
    },
  };
}

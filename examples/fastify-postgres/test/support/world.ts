import { inject } from "vitest";
import { createDatabase } from "../../../../test/stage/database.ts";
import { fleetOf } from "../../demo/fleet.ts";
import { createOperator, type Operator } from "../../demo/operator.ts";
import { openStage, type Stage } from "../../demo/stage.ts";

/** A stage, and somebody who works on it. */
export interface World extends Stage {
  readonly operator: Operator;
}

/** Opens a stage over a database of its own. @param serverUrl the Postgres of the test run when absent */
export async function openWorld(
  names: readonly string[],
  serverUrl = inject("postgresUrl"),
): Promise<World> {
  const database = await createDatabase(serverUrl);
  const stage = await openStage(database.url, fleetOf(names));
  return {
    ...stage,
    operator: createOperator(stage.people.operator),
    async close() {
      await stage.close();
      await database.close();
    },
  };
}

/** Names of as many services. */
export function namesOf(count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => `service-${at + 1}`);
}

/** Waits until the migrator has announced its migration and listed its candidates. */
export async function untilDiscovered({ migrator }: Pick<Stage, "migrator">): Promise<void> {
  await migrator.logged(/"discovered"/);
}

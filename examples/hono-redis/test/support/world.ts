import { inject } from "vitest";
import { createOperator, type Operator } from "../../demo/operator.ts";
import { cornerOf } from "../../demo/redis.ts";
import { openStage, type Stage } from "../../demo/stage.ts";
import type { Topic } from "../../service/topics/topics.ts";

/** A stage, and somebody who works on it. */
export interface World extends Stage {
  readonly operator: Operator;
}

/** Whether there is a Redis to test with. */
export const hasRedis = inject("redisUrl") !== "";

/** Opens a stage over a corner of its own. @param url the Redis of the test run when absent */
export async function openWorld(bus: readonly Topic[], url = inject("redisUrl")): Promise<World> {
  const corner = cornerOf(url);
  const stage = await openStage(corner, bus);
  return {
    ...stage,
    operator: createOperator(stage.people.operator),
    async close() {
      await stage.close();
      await corner.close();
    },
  };
}

/** Waits until the migrator has announced its migration and listed its candidates. */
export async function untilDiscovered({ migrator }: Pick<Stage, "migrator">): Promise<void> {
  await migrator.logged(/"discovered"/);
}

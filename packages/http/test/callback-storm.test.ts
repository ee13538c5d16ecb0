import { expect, onTestFinished, test } from "vitest";
import { candidateOf, createStorm, MIGRATION } from "./support/callback-storm.ts";

const SIZE = { candidates: 250, steps: 4 };
const CALLBACKS_PER_CALL = 10;

test("10,000 callbacks, early, doubled, reordered and stale ones among them, end in the states that were meant", {
  timeout: 240_000,
}, async () => {
  const storm = createStorm(SIZE);
  onTestFinished(() => storm.loom.close());
  await storm.play();
  expect(storm.statuses).toHaveLength(SIZE.candidates * SIZE.steps * CALLBACKS_PER_CALL);
  expect(new Set(storm.statuses)).toEqual(new Set([202]));
  expect(new Set(storm.stale)).toEqual(new Set(["stale"]));
  for (let n = 0; n < SIZE.candidates; n++) {
    const candidateId = candidateOf(n);
    const run = await storm.loom.getSteps({ migrationId: MIGRATION, candidateId });
    expect(run).toMatchObject({ status: "completed", attempt: 2 });
    expect(run.steps).toHaveLength(SIZE.steps);
    for (const [step, { stepName, status, metadata = {} }] of run.steps.entries()) {
      expect(status).toBe(storm.endOf(n, step));
      const accepted = storm.accepted.get(`${candidateId} ${stepName}`) ?? [];
      expect(Object.keys(metadata).toSorted()).toEqual(accepted.toSorted());
    }
  }
});

import { LoomError } from "@loom/core";
import { expect, test } from "vitest";
import { billing, MIGRATION, openLoom } from "./harness.ts";

const event = { stepName: "bump", candidateId: "billing", success: true };
const missing = undefined as never;

test("an argument that breaks a rule is named by its field, whatever callers without types give", async () => {
  const { loom } = await openLoom();
  const wrong = [
    ["migrationId", loom.getMigration("Not a slug")],
    ["migrationId", loom.listHistory(missing)],
    ["migrationId", loom.start({ ...billing, migrationId: "Not a slug" })],
    ["candidateId", loom.start({ ...billing, candidateId: ".." })],
    ["candidateId", loom.getSteps({ migrationId: MIGRATION } as never)],
    ["id", loom.reportStep(missing, event)],
    ["", loom.dequeue(missing)],
  ] as const;
  for (const [path, attempt] of wrong) {
    const error: unknown = await attempt.catch((reason: unknown) => reason);
    expect(LoomError.is(error)).toBe(true);
    expect(error).toMatchObject({
      code: "validation_failed",
      message: expect.stringMatching(path === "" ? /^The request / : new RegExp(`^${path} `)),
      details: { issues: [{ path }] },
    });
  }
  await loom.close();
});

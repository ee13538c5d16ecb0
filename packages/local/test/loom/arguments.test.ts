import type { Actor } from "@loom/core";
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

test("an actor that could not be kept, or that passes for Loom, is refused by its field and does nothing", async () => {
  const { loom } = await openLoom();
  const wrong: readonly (readonly [path: string, actor: unknown])[] = [
    ["actor", "me"],
    ["actor.id", {}],
    ["actor.id", { id: 1 }],
    ["actor.id", { id: "" }],
    ["actor.id", { id: "a\0b" }],
    ["actor.id", { id: "x".repeat(321) }],
    ["actor.id", { id: "loom", name: "Loom" }],
    ["actor.name", { id: "ada", name: 1 }],
  ];
  for (const [path, actor] of wrong)
    await expect(loom.queue(billing, {}, actor as Actor)).rejects.toMatchObject({
      code: "validation_failed",
      details: { issues: [{ path }] },
    });
  expect(await loom.getCandidate(billing)).toMatchObject({ status: "not_started" });
  await loom.queue(billing, {}, { id: "ada", name: undefined, role: "admin" } as never);
  const { history } = await loom.listHistory(MIGRATION, { limit: 1 });
  expect(history).toMatchObject([{ action: "queue", actor: { id: "ada" } }]);
  expect(history[0]?.actor).toEqual({ id: "ada" });
  await loom.close();
});

import type { LoomOptions, Migrators } from "@loom/core";
import { createLoom } from "@loom/core";
import { expect, test } from "vitest";
import { createLocalEngine, createMemoryStore } from "../../src/index.ts";

const migrators: Migrators = {
  dispatchStep: async () => ({ type: "accepted" }),
  compensateStep: async () => ({ type: "accepted" }),
  dryRun: async () => ({ steps: [] }),
};
const parts = () => ({ store: createMemoryStore(), engine: createLocalEngine(), migrators });

test.each([
  ["store", { store: undefined }],
  ["engine", { engine: undefined }],
  ["migrators", { migrators: undefined }],
  ["secrets", { secrets: "a text in place of a list" }],
  ["secrets", { secrets: [undefined] }],
])("a Loom without a right part is refused by its name: %s", (name, wrong) => {
  expect(() => createLoom({ ...parts(), ...wrong } as unknown as LoomOptions)).toThrow(
    expect.objectContaining({
      code: "invalid_configuration",
      message: expect.stringMatching(new RegExp(`^${name}: `)),
    }),
  );
});

test("a Loom of nothing is refused by the first part that it lacks", () => {
  expect(() => createLoom(undefined as unknown as LoomOptions)).toThrow("store: required");
});

test("an engine belongs to one Loom", async () => {
  const shared = parts();
  const loom = createLoom(shared);
  expect(() => createLoom({ ...parts(), engine: shared.engine })).toThrow(
    "engine: another Loom has it; give each Loom an engine of its own.",
  );
  await loom.open();
  await loom.ready();
  await loom.close();
});

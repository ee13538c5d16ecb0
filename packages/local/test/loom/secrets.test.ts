import type { MigrationAnnouncement } from "@loom/core";
import { LoomError } from "@loom/core";
import { expect, test } from "vitest";
import { billing, MIGRATION, openLoom, operator, plan, report } from "./harness.ts";

const announcement: MigrationAnnouncement = {
  ...plan,
  requiredInputs: [{ name: "token", label: "Token", secret: true }],
};
const inputs = { token: "s3cret" };
const stage = () => openLoom([{ id: "billing" }], { announcement });

test("a secret that a migrator quotes when it refuses a preview is not shown", async () => {
  const { loom, migrators } = await stage();
  migrators.dryRun = async () => {
    throw new LoomError("migrator_bad_response", "It answered 400: s3cret is no token.");
  };
  await expect(loom.dryRun(billing, { inputs })).rejects.toMatchObject({
    code: "migrator_bad_response",
    message: "It answered 400: ••• is no token.",
  });
  await loom.close();
});

test("a secret that a step would write to a file is not shown in its preview", async () => {
  const { loom, migrators } = await stage();
  const file = { repo: "r", path: "p", before: "old s3cret", after: "new s3cret" } as const;
  migrators.dryRun = async () => ({
    steps: [{ stepName: "bump", skipped: false, files: [{ ...file, status: "modified" }] }],
  });
  const { steps } = await loom.dryRun(billing, { inputs });
  expect(steps[0]?.files).toEqual([
    { ...file, before: "old •••", after: "new •••", status: "modified" },
  ]);
  await loom.close();
});

test("a secret that an operator quotes in a report is not shown", async () => {
  const { loom, call } = await stage();
  await loom.start(billing, { inputs });
  await call(1);
  const failure = { stepName: "bump", candidateId: "billing", success: false };
  const error = "it does not like s3cret";
  await loom.reportStep(`${MIGRATION}__billing`, { ...failure, error }, operator);
  expect((await loom.getCandidate(billing)).currentStep?.error).toBe("it does not like •••");
  await loom.close();
});

const key = '-----BEGIN KEY-----\nMII+/"a\\b$&\n-----END KEY-----\n';

test.each([
  ["as it is", key],
  ["on one line", key.replaceAll("\n", " ")],
  ["with the line ends of another system", key.replaceAll("\n", "\r\n")],
  ["within JSON", JSON.stringify(key)],
])("a secret of many lines that is quoted %s is not shown", async (_how, quoted) => {
  const { loom, call } = await stage();
  await loom.start(billing, { inputs: { token: key } });
  await report(loom, await call(1), { success: false, error: `cannot read ${quoted}!` });
  const { currentStep } = await loom.getCandidate(billing);
  expect(currentStep?.error).toMatch(/^cannot read "?•••/);
  expect(currentStep?.error).not.toMatch(/KEY|MII/);
  await loom.close();
});

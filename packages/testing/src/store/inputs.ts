import type { Position, StringMap } from "@loom/core";
import type { Runner } from "../runner.ts";
import { manifestOf } from "./builders.ts";
import { type LawTest, NOT_STARTED } from "./fixture.ts";

const QUEUED: Position = { status: "queued", attempt: 1 };
const RUNNING: Position = { status: "running", attempt: 1 };
const CANCELLED: Position = { status: "not_started", attempt: 1 };

export function inputLaws({ expect }: Runner, test: LawTest): void {
  test("keeps inputs that a change does not mention", async (t) => {
    await t.submit(["one"]);
    await t.change("one", NOT_STARTED, QUEUED, { inputs: { version: "2" } });
    await t.change("one", QUEUED, RUNNING, { claim: manifestOf(t.migrationId, "one", 1) });
    expect((await t.record("one"))?.inputs).toEqual({ version: "2" });
    await t.change("one", RUNNING, CANCELLED, { inputs: {} });
    expect((await t.record("one"))?.inputs).toEqual({});
  });

  test("saves inputs only where the candidate is said to stand", async (t) => {
    await t.submit(["one"]);
    await t.bring("one", "queued");
    const ref = { migrationId: t.migrationId, candidateId: "one" };
    expect(await t.store.saveInputs(ref, NOT_STARTED, { a: "1" })).toBe(false);
    expect(await t.store.saveInputs(ref, { ...QUEUED, attempt: 2 }, { a: "2" })).toBe(false);
    expect(await t.store.saveInputs({ ...ref, candidateId: "x" }, QUEUED, { a: "3" })).toBe(false);
    expect(await t.store.saveInputs(ref, QUEUED, { b: "4" })).toBe(true);
    expect((await t.record("one"))?.inputs).toEqual({ b: "4" });
  });

  test("saves inputs only while those that they build on stand", async (t) => {
    await t.submit(["one"]);
    await t.bring("one", "queued");
    const ref = { migrationId: t.migrationId, candidateId: "one" };
    const save = async (read: StringMap, inputs: StringMap) =>
      t.store.saveInputs(ref, { ...QUEUED, inputs: read }, inputs);
    const long = { b: "2", a: "x".repeat(9_000), "1": "é", ["__proto__"]: "y" };
    expect(await save({}, long)).toBe(true);
    expect(await save({}, { c: "3" })).toBe(false);
    expect(await save({ ...long, b: "3" }, { c: "3" })).toBe(false);
    expect(await save((await t.record("one"))?.inputs ?? {}, { c: "3" })).toBe(true);
    expect((await t.record("one"))?.inputs).toEqual({ c: "3" });
  });

  test("applies a change only while the inputs that it builds on stand, and says what it found", async (t) => {
    await t.submit(["one"]);
    await t.change("one", NOT_STARTED, QUEUED, { inputs: { a: "1" } });
    const before = await t.record("one");
    const claim = manifestOf(t.migrationId, "one", 1);
    const refused = await t.change("one", { ...QUEUED, inputs: {} }, RUNNING, { claim });
    expect(refused).toEqual({ applied: false, found: before });
    expect(await t.record("one")).toEqual(before);
    const applied = await t.change("one", { ...QUEUED, inputs: { a: "1" } }, RUNNING, { claim });
    expect(applied).toEqual({ applied: true });
  });
}

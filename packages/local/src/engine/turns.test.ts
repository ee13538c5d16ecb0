import { expect, test } from "vitest";
import { createTurns } from "./turns.ts";

const pause = () => new Promise<void>((resume) => setImmediate(resume));

test("tasks of one key run one after another, in the order in which they came", async () => {
  const inTurn = createTurns();
  const seen: string[] = [];
  const task = (name: string) => async () => {
    seen.push(`${name} begins`);
    await pause();
    seen.push(`${name} ends`);
  };
  await Promise.all(["a", "b", "c"].map((name) => inTurn("key", task(name))));
  const whole = ["a", "b", "c"].flatMap((name) => [`${name} begins`, `${name} ends`]);
  expect(seen).toEqual(whole);
});

test("tasks of other keys do not wait", async () => {
  const inTurn = createTurns();
  void inTurn("stuck", () => new Promise(() => {}));
  expect(await inTurn("free", async () => "done")).toBe("done");
});

test("a task that fails says so to its own caller only, and the next one runs", async () => {
  const inTurn = createTurns();
  const failing = inTurn("key", async () => {
    await pause();
    throw new Error("broken");
  });
  const next = inTurn("key", async () => "done");
  await expect(failing).rejects.toThrow("broken");
  expect(await next).toBe("done");
});

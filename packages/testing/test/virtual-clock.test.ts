import { expect, test } from "vitest";
import { createVirtualClock } from "../src/index.ts";

test("time goes on by an amount, and never back", async () => {
  const clock = createVirtualClock(1_000);
  for (const time of [Number.NaN, Number.POSITIVE_INFINITY, -1])
    await expect(clock.advance(time)).rejects.toThrow("no duration");
  await clock.advance(0);
  expect(clock.now()).toBe(1_000);
});

test("a virtual clock stands still until it is moved", async () => {
  const clock = createVirtualClock(5);
  const seen: number[] = [];
  clock.after(10, () => seen.push(clock.now()));
  await clock.advance(9);
  expect([clock.now(), seen]).toEqual([14, []]);
  await clock.advance(1);
  expect([clock.now(), seen]).toEqual([15, [15]]);
});

test("a virtual clock runs what falls due in order, each at its time, and what that sets too", async () => {
  const clock = createVirtualClock(0);
  const seen: string[] = [];
  const note = (name: string) => () => seen.push(`${name} at ${clock.now()}`);
  clock.after(30, note("late"));
  clock.after(10, () => {
    note("early")();
    clock.after(5, note("follower"));
  });
  const cancel = clock.after(20, note("cancelled"));
  cancel();
  await clock.advance(30);
  expect(seen).toEqual(["early at 10", "follower at 15", "late at 30"]);
});

test("a virtual clock lets chains of promises go on before it moves", async () => {
  const clock = createVirtualClock(0);
  const seen: number[] = [];
  const everyTen = async (): Promise<void> => {
    await new Promise<void>((resume) => clock.after(10, resume));
    await Promise.resolve();
    seen.push(clock.now());
    return everyTen();
  };
  void everyTen();
  await clock.advance(35);
  expect(seen).toEqual([10, 20, 30]);
});

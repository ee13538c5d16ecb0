import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type MissedCall, pauseAfter } from "./backoff.ts";

const retries = fc.record(
  {
    attempts: fc.integer({ min: 1, max: 50 }),
    initialSeconds: fc.integer({ min: 0, max: 600 }),
    maxSeconds: fc.integer({ min: 0, max: 3_600 }),
  },
  { requiredKeys: [] },
);
const missedCalls = fc.record({
  retry: retries,
  tries: fc.integer({ min: 1, max: 60 }),
  retryAfterMs: fc.option(fc.nat(2_000_000_000), { nil: undefined }),
  chance: fc.double({ min: 0, max: 1, noNaN: true }),
});

function holds(law: (missed: MissedCall & { retry: { maxSeconds?: number } }) => void): void {
  fc.assert(fc.property(missedCalls, law));
}

describe("the pause after a call that did not get through", () => {
  test("doubles from one second to a minute over eight calls by default", () => {
    const pauses = [1, 2, 3, 4, 5, 6, 7, 8].map((tries) =>
      pauseAfter({ retry: undefined, tries, chance: 0 }),
    );
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, undefined]);
  });

  test("is there exactly as long as calls are left", () => {
    holds((missed) => {
      const isLeft = missed.tries < (missed.retry?.attempts ?? 8);
      expect(pauseAfter(missed) !== undefined).toBe(isLeft);
    });
  });

  test("is never shorter than the migrator asked for, up to a day", () => {
    holds((missed) => {
      const least = Math.min(missed.retryAfterMs ?? 0, 86_400_000);
      expect(pauseAfter(missed) ?? Infinity).toBeGreaterThanOrEqual(least);
    });
  });

  test("is never longer than the policy or the migrator wants, nor a day", () => {
    holds((missed) => {
      const most = Math.max(1000 * (missed.retry.maxSeconds ?? 60), missed.retryAfterMs ?? 0);
      expect(pauseAfter(missed) ?? 0).toBeLessThanOrEqual(most);
    });
  });

  test("does not become shorter from one call to the next", () => {
    holds((missed) => {
      const next = pauseAfter({ ...missed, tries: missed.tries + 1 }) ?? Infinity;
      expect(next).toBeGreaterThanOrEqual(pauseAfter(missed) ?? 0);
    });
  });

  test("loses at most a quarter to chance", () => {
    holds((missed) => {
      const whole = pauseAfter({ ...missed, chance: 0 }) ?? 0;
      const shortest = pauseAfter({ ...missed, chance: 1 }) ?? 0;
      expect(shortest).toBeGreaterThanOrEqual(Math.floor(whole * 0.75));
      expect(shortest).toBeLessThanOrEqual(whole);
    });
  });
});

import { systemClock } from "@loom/core";
import type { RunEvent } from "@loom/core/run";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { createSignals } from "./signals.ts";

beforeEach(() => {
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

const LONG_ENOUGH_MS = 60_000;
const LIMIT_SECONDS = 15;

function event(eventId: string, metadata: Readonly<Record<string, string>> = {}): RunEvent {
  const call = { attempt: 1, kind: "do", step: "bump", number: 1 } as const;
  return { type: "step_reported", call, status: "open", at: "2026-01-01", eventId, metadata };
}

interface Held {
  readonly resolve: (isTaken: boolean) => void;
  readonly reject: (error: Error) => void;
}

/** A server that holds what it is sent until it is told what to make of it. */
function scriptedServer() {
  const made: string[][] = [];
  const held: Held[] = [];
  const signal = (runId: string, events: readonly RunEvent[]): Promise<boolean> => {
    made.push([runId, ...events.map((each) => ("eventId" in each && each.eventId) || "?")]);
    return new Promise((resolve, reject) => held.push({ resolve, reject }));
  };
  const run = { hasTakenAll: true };
  const signals = createSignals({
    clock: () => systemClock,
    limitSeconds: LIMIT_SECONDS,
    signal,
    hasTakenAll: async () => run.hasTakenAll,
  });
  const send = (runId: string, ...events: readonly RunEvent[]) =>
    Promise.allSettled(events.map((each) => signals.send(runId, each)));
  /** Answers the signal that came first of those without an answer. */
  const answer = async (isTaken: boolean | Error = true): Promise<void> => {
    await vi.advanceTimersByTimeAsync(0);
    const next = held.shift();
    if (isTaken instanceof Error) next?.reject(isTaken);
    else next?.resolve(isTaken);
    await vi.advanceTimersByTimeAsync(0);
  };
  return { made, run, send, answer };
}

/** Sends one event after another until one has to wait. @returns how many went */
async function sendUntilOneWaits({ made, send, answer }: ReturnType<typeof scriptedServer>) {
  for (let sent = 0; sent < 1_000; sent++) {
    void send("a", event(`${sent}`));
    await answer();
    if (made.length === sent) return sent;
  }
  throw new Error("none had to wait");
}

describe("what is sent to a run", () => {
  test("goes at once when nothing else is under way to it", async () => {
    const { made, send, answer } = scriptedServer();
    const sent = send("a", event("1"));
    void send("b", event("2"));
    await answer();
    expect(made).toEqual([
      ["a", "1"],
      ["b", "2"],
    ]);
    expect(await sent).toEqual([{ status: "fulfilled", value: true }]);
  });

  test("waits for the signal before it, and goes together with what has come meanwhile, in order", async () => {
    const { made, send, answer } = scriptedServer();
    void send("a", event("1"));
    await vi.advanceTimersByTimeAsync(0);
    const sent = send("a", event("2"), event("3"), event("4"));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(made).toEqual([["a", "1"]]);
    await answer();
    await answer(false);
    expect(made).toEqual([
      ["a", "1"],
      ["a", "2", "3", "4"],
    ]);
    const refused = { status: "fulfilled", value: false };
    expect(await sent).toEqual([refused, refused, refused]);
  });

  test("fails together, and what comes after it goes its way", async () => {
    const { send, answer } = scriptedServer();
    const first = send("a", event("1"), event("2"));
    await answer(new Error("away"));
    const failed = { status: "rejected", reason: new Error("away") };
    expect(await first).toEqual([failed, failed]);
    const second = send("a", event("3"));
    await answer();
    expect(await second).toEqual([{ status: "fulfilled", value: true }]);
  });

  test("is never more in one signal than the server takes", async () => {
    const { made, send, answer } = scriptedServer();
    const small = Array.from({ length: 250 }, (_, n) => event(`${n}`));
    const large = ["x", "y"].map((id) => event(id, { log: "l".repeat(90_000) }));
    const huge = event("huge", { log: "l".repeat(1_000_000) });
    const sent = send("a", ...small, ...large, huge, event("last"));
    for (let n = 0; n < 20; n++) await answer();
    expect(await sent).toHaveLength(254);
    expect(made.flatMap(([, ...ids]) => ids)).toHaveLength(254);
    expect(made.map(([, ...ids]) => ids.length)).toEqual([100, 100, 51, 1, 1, 1]);
  });

  test("waits in a crowd until the run has taken what was sent before, and other runs do not", async () => {
    const server = scriptedServer();
    server.run.hasTakenAll = false;
    const burst = await sendUntilOneWaits(server);
    expect(burst).toBeGreaterThanOrEqual(5);
    expect(burst).toBeLessThanOrEqual(20);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(server.made.length).toBe(burst);
    void server.send("b", event("of another run"));
    await server.answer();
    expect(server.made.at(-1)).toEqual(["b", "of another run"]);
    server.run.hasTakenAll = true;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(server.made.at(-1)).toEqual(["a", `${burst}`]);
  });

  test("goes on, slowly, to a run that takes nothing: there may be no worker", async () => {
    const server = scriptedServer();
    server.run.hasTakenAll = false;
    await sendUntilOneWaits(server);
    server.made.length = 0;
    await signalFor(60_000, server);
    expect(server.made.length).toBeGreaterThanOrEqual(8);
    expect(server.made.length).toBeLessThanOrEqual(20);
  });

  test("comes at a pace however quickly a run takes it: below 100 signals in the ten seconds of a workflow task", async () => {
    const server = scriptedServer();
    await signalFor(10_000, server);
    expect(server.made.length).toBeGreaterThan(20);
    expect(server.made.length).toBeLessThan(100);
  });

  test("is refused when its turn does not come in time, and then not sent", async () => {
    const server = scriptedServer();
    await sendUntilOneWaits(server);
    await vi.advanceTimersByTimeAsync(1_000);
    const sent = server.send("a", event("in vain"));
    await vi.advanceTimersByTimeAsync((LIMIT_SECONDS + 1) * 1_000);
    const late = server.send("a", event("in time"));
    await server.answer();
    await vi.advanceTimersByTimeAsync(10_000);
    await server.answer();
    const reason = expect.objectContaining({ code: "engine_unavailable" });
    expect(await sent).toEqual([{ status: "rejected", reason }]);
    expect(await late).toEqual([{ status: "fulfilled", value: true }]);
    expect(server.made.flat()).not.toContain("in vain");
  });

  test("has its whole burst again after a rest, and no more of it", async () => {
    const server = scriptedServer();
    const burst = await sendUntilOneWaits(server);
    await vi.advanceTimersByTimeAsync(10_000);
    await server.answer();
    await vi.advanceTimersByTimeAsync(LONG_ENOUGH_MS);
    server.made.length = 0;
    expect(await sendUntilOneWaits(server)).toBe(burst);
  });

  test("does not wait longer because the clock of the system is set back", async () => {
    const server = scriptedServer();
    await sendUntilOneWaits(server);
    await vi.advanceTimersByTimeAsync(1_000);
    await server.answer();
    vi.setSystemTime(Date.now() - 3_600_000);
    server.made.length = 0;
    void server.send("a", event("later"));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(server.made).toEqual([["a", "later"]]);
  });
});

/** Sends as often as it goes, for so long. */
async function signalFor(
  milliseconds: number,
  { send, answer }: ReturnType<typeof scriptedServer>,
) {
  const end = Date.now() + milliseconds;
  while (Date.now() < end) {
    void send("a", event("more"));
    await answer();
    await vi.advanceTimersByTimeAsync(10);
  }
}

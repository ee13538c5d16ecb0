import type { RunCommand, SaveProgress } from "@loom/core/run";
import { describe, expect, test } from "vitest";
import { viewsOf } from "./views.ts";

const at = "2026-01-01T00:00:00.000Z";
const call = { attempt: 1, kind: "do", step: "bump", number: 1 } as const;
const progress = { phase: "running", steps: [], compensations: [] } as const;
const dispatch: RunCommand = {
  type: "dispatch_step",
  id: "d",
  call,
  step: { name: "bump" },
  inputs: {},
};
const stop: RunCommand = { type: "stop_dispatch", id: "s", call };

function view(sequence: number, more: Partial<SaveProgress["progress"]> = {}): SaveProgress {
  const shown = { ...progress, ...more };
  return { type: "save_progress", id: `p${sequence}`, attempt: 1, sequence, progress: shown };
}

describe("the views of a batch of commands", () => {
  test("go along with a call that begins, the last one only", () => {
    expect(viewsOf([view(1), view(2), dispatch])).toEqual({ withCall: view(2) });
  });

  test("are written by themselves without a call, and beside one that is stopped at once", () => {
    expect(viewsOf([view(1)])).toEqual({ toWrite: view(1) });
    expect(viewsOf([view(1), dispatch, view(2), stop])).toEqual({ toWrite: view(2) });
  });

  test("are written by themselves when they are too large for a history", () => {
    const metadata = { long: "x".repeat(150_000) };
    const step = { stepName: "bump", status: "open", stepAttempt: 1, startedAt: at, updatedAt: at };
    const large = view(1, { steps: [{ ...step, status: "open", metadata }] });
    expect(viewsOf([large, dispatch])).toEqual({ toWrite: large });
  });

  test("give way to the end of the run", () => {
    const finish: RunCommand = {
      type: "finish",
      id: "f",
      attempt: 1,
      sequence: 2,
      outcome: "completed",
      at,
      progress,
    };
    expect(viewsOf([view(1), finish])).toEqual({ toWrite: finish });
    expect(viewsOf([])).toEqual({});
  });
});

import type { CandidateWithStatus, RunDetail } from "@loom/core";
import { expect, test } from "vitest";
import type { Screen } from "../display/screen.ts";
import type { Operator } from "../story/operator.ts";
import { showDiscovery } from "../story/prologue.ts";
import { renderResults } from "../story/results.ts";

/** An operator who finds these candidates, each with a run of so many milliseconds. */
function operatorOf(candidates: readonly object[], millis: readonly number[] = []): Operator {
  const runs = millis.map((length) => ({
    steps: [
      {
        stepName: "one",
        status: "completed",
        stepAttempt: 1,
        startedAt: "2026-03-01T12:00:00.000Z",
        completedAt: new Date(Date.parse("2026-03-01T12:00:00.000Z") + length).toISOString(),
      },
    ],
  }));
  const ids = candidates.map((it) => (it as CandidateWithStatus).id);
  return {
    candidates: async () => candidates as readonly CandidateWithStatus[],
    run: async (id: string) => runs[ids.indexOf(id)] as unknown as RunDetail,
  } as Operator;
}

async function discoveryOf(candidates: readonly object[]): Promise<string> {
  const lines: string[] = [];
  const screen = { say: (text = "") => void lines.push(text) } as Screen;
  await showDiscovery(operatorOf(candidates), screen, candidates.length);
  return lines.join("\n");
}

test("plans of their own are told of in the singular and in the plural", async () => {
  const own = { id: "fraud-check", steps: [] };
  const one = await discoveryOf([{ id: "cart" }, own]);
  expect(one).toContain("\n  1 has no staging, and brings a plan of its own.");
  const two = await discoveryOf([own, { ...own, id: "geo" }]);
  expect(two).toContain("\n  2 have no staging, and bring plans of their own.");
  expect(await discoveryOf([{ id: "cart" }])).not.toContain("staging");
});

test("the seconds of the closing table have one digit after the point, and stand below each other", async () => {
  const candidates = ["cart", "mailer", "search"].map((id) => ({ id, status: "completed" }));
  const table = await renderResults(operatorOf(candidates, [16_000, 16_149, 9_950]), []);
  const seconds = table.split("\n").map((line) => line.slice(-7));
  expect(seconds).toEqual(["seconds", "───────", "   16.0", "   16.1", "    9.9"]);
});

import type { CandidateWithStatus, RunDetail } from "@loom/core";
import { renderTable } from "../display/table.ts";
import type { PullRequest } from "../forge/pull-request.ts";
import type { Operator } from "./operator.ts";

/** The closing table: what became of each candidate, as Loom tells it. */
export async function renderResults(
  operator: Operator,
  requests: readonly PullRequest[],
): Promise<string> {
  const candidates = await operator.candidates();
  const runs = await Promise.all(candidates.map(async ({ id }) => await operator.run(id)));
  const rows = candidates.map((candidate, index) => rowOf(candidate, runs[index], requests));
  return renderTable(HEADINGS, rows);
}

const HEADINGS = ["candidate", "status", "steps", "PRs merged", "retries", "attempts", "seconds"];

function rowOf(
  { id, status, attempt = 0 }: CandidateWithStatus,
  run: RunDetail | undefined,
  requests: readonly PullRequest[],
): (string | number)[] {
  const steps = run?.steps ?? [];
  const merged = requests.filter((it) => it.title.startsWith(`${id}: `) && it.state === "merged");
  const retries = steps.reduce((sum, { stepAttempt }) => sum + stepAttempt - 1, 0);
  return [id, status, steps.length, merged.length, retries, attempt, secondsOf(run)];
}

/** From the first step's beginning to the last one's end, of the last attempt. */
function secondsOf(run: RunDetail | undefined): string {
  const [first, last] = [run?.steps.at(0), run?.steps.at(-1)];
  if (!first || !last?.completedAt) return "";
  return ((Date.parse(last.completedAt) - Date.parse(first.startedAt)) / 1000).toFixed(1);
}

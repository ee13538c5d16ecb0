import { styleText } from "node:util";
import type { CandidateWithStatus, StepStatus } from "@loom/core";

const BAR = 24;

/** A candidate and how far it is. */
export interface Progress {
  readonly candidate: CandidateWithStatus;
  readonly stepsDone: number;
  readonly stepsInAll: number;
}

/** One line for each candidate, those at work first when not all fit. */
export function renderProgress(all: readonly Progress[], rows: number): string[] {
  const shown = all.length <= rows ? all : [...all].toSorted(atWorkFirst).slice(0, rows - 1);
  const size = Math.max(...shown.map(({ candidate }) => candidate.id.length));
  const rest = all.length - shown.length;
  return [
    ...shown.map((progress) => renderLine(progress, size)),
    ...(rest > 0 ? [styleText("dim", `  … and ${rest} more`)] : []),
  ];
}

/** Where all of them stand, in one line. */
export function summarize(all: readonly Progress[]): string {
  const count = (status: string) =>
    all.filter(({ candidate }) => candidate.status === status).length;
  const sum = (of: "stepsDone" | "stepsInAll") => all.reduce((total, it) => total + it[of], 0);
  return `${sum("stepsDone")} of ${sum("stepsInAll")} steps · ${count("running")} running · ${count("completed")} completed`;
}

function renderLine({ candidate, stepsDone, stepsInAll }: Progress, size: number): string {
  const filled = Math.round((BAR * stepsDone) / stepsInAll);
  const bar =
    styleText(colourOf(candidate), "█".repeat(filled)) + styleText("dim", "░".repeat(BAR - filled));
  const steps = `${stepsDone}/${stepsInAll}`.padStart(5);
  return `  ${candidate.id.padEnd(size)}  ${bar}  ${steps}  ${describe(candidate)}`;
}

function describe({ status, phase, currentStep, attempt }: CandidateWithStatus): string {
  if (status === "completed") return styleText("green", "completed");
  if (status === "not_started") return styleText("dim", "not started");
  const again =
    attempt !== undefined && attempt > 1 ? styleText("dim", ` (attempt ${attempt})`) : "";
  if (phase === "cancelling") return styleText("magenta", "cancelling");
  if (!currentStep) return status + again;
  const { stepName, status: step } = currentStep;
  return `${stepName} ${styleText(STEP_COLOURS[step], step.replace("_", " "))}${again}`;
}

function colourOf({ status, currentStep }: CandidateWithStatus): Colour {
  if (status === "completed") return "green";
  return currentStep?.status === "failed" ? "red" : "cyan";
}

function atWorkFirst(one: Progress, other: Progress): number {
  const rank = ({ candidate: { status } }: Progress) =>
    ["running", "queued", "not_started"].indexOf(status) >>> 0;
  return rank(one) - rank(other);
}

type Colour = "green" | "red" | "cyan" | "yellow" | "blue";

const STEP_COLOURS: Record<StepStatus, Colour> = {
  in_progress: "cyan",
  open: "blue",
  awaiting_review: "yellow",
  completed: "green",
  merged: "green",
  failed: "red",
};

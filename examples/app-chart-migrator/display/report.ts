import { inspect, styleText } from "node:util";
import type { Fact, Finding } from "../check/fact.ts";

/** One line for a fact that is proved; for one that is not, what was expected and what is there. */
export function renderFact({ claim, findings }: Fact): string {
  if (findings.length === 0) return `  ${styleText("green", "✓")} ${claim}`;
  return [`  ${styleText("red", "✗")} ${claim}`, ...findings.flatMap(renderFinding)].join("\n");
}

function renderFinding({ where, expected, found }: Finding): string[] {
  return [
    `      ${styleText("bold", where)}`,
    `        ${styleText("green", "expected")} ${show(expected)}`,
    `        ${styleText("red", "found   ")} ${show(found)}`,
  ];
}

function show(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.length === 0) return "nothing";
  return inspect(value, { depth: 8, breakLength: 100 }).replaceAll("\n", `\n${" ".repeat(17)}`);
}

import { START, type Timeline } from "./timeline.ts";

/** What happened, line by line, and what should not have. */
export interface Trace {
  readonly lines: readonly string[];
  readonly violations: readonly string[];
  note(line: string): void;
  /** Notes a broken law. */
  violate(law: string): void;
}

export function createTrace(timeline: Timeline): Trace {
  const lines: string[] = [];
  const violations: string[] = [];
  const note = (line: string) => {
    lines.push(`${((timeline.now() - START) / 1000).toFixed(3).padStart(8)}  ${line}`);
  };
  return {
    lines,
    violations,
    note,
    violate(law) {
      violations.push(law);
      note(`VIOLATION: ${law}`);
    },
  };
}

import { styleText } from "node:util";
import type { FileDiff } from "@loom/core";
import { structuredPatch } from "diff";

/** Renders what a step would do to a file as a unified diff, in colour where the terminal has it. */
export function renderDiff(file: FileDiff): string {
  const [before, after] = [file.before ?? "", file.after ?? ""];
  const { hunks } = structuredPatch(file.path, file.path, before, after, "", "", { context: 2 });
  return [
    styleText("bold", `--- ${file.status === "new" ? "/dev/null" : `${file.repo}/${file.path}`}`),
    styleText(
      "bold",
      `+++ ${file.status === "deleted" ? "/dev/null" : `${file.repo}/${file.path}`}`,
    ),
    ...hunks.flatMap((hunk) => [
      styleText(
        "cyan",
        `@@ -${range(hunk.oldStart, hunk.oldLines)} +${range(hunk.newStart, hunk.newLines)} @@`,
      ),
      ...hunk.lines.map(colour),
    ]),
  ].join("\n");
}

/** Where a hunk is, as git writes it: an empty one counts from the line before. */
function range(start: number, count: number): string {
  if (count === 1) return `${start}`;
  return count === 0 ? `${start - 1},0` : `${start},${count}`;
}

function colour(line: string): string {
  if (line.startsWith("+")) return styleText("green", line);
  return line.startsWith("-") ? styleText("red", line) : line;
}

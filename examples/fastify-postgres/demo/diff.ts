/** The lines that differ between two texts of as many lines, as a diff shows them. */
export function diffLines(before: string, after: string): string[] {
  const [old, now] = [before.split("\n"), after.split("\n")];
  return old.flatMap((line, at) =>
    line === now[at] ? [] : [`    - ${line.trim()}`, `    + ${now[at]?.trim()}`],
  );
}

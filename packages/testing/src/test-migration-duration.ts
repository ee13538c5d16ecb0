const UNITS = {
  second: 1_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 7 * 86_400_000,
} as const;

type Unit = keyof typeof UNITS;

/** A time in words, such as `"15 days"` or `"1 hour"`, or in milliseconds. */
export type Duration = number | `${number} ${Unit}` | `${number} ${Unit}s`;

/** The duration in milliseconds. @throws TypeError for what is none, or goes back */
export function millisecondsOf(duration: Duration): number {
  const milliseconds = typeof duration === "number" ? duration : read(duration);
  if (Number.isFinite(milliseconds) && milliseconds >= 0) return milliseconds;
  throw new TypeError(`"${duration}" is no duration: write it as "15 days", or in milliseconds.`);
}

function read(words: string): number {
  const [amount = "", unit = ""] = words.split(" ");
  return UNITS[unit.replace(/s$/, "") as Unit] * Number(amount);
}

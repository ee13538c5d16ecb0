import { parseArgs } from "node:util";
import { readCandidates, readOneOf } from "../../test/stage/flags.ts";

/** How to run the example. */
export interface Flags {
  readonly candidates: number;
  readonly keep: boolean;
  readonly sabotage: Sabotage | undefined;
}

/** A way to break the migrator, to see that the check notices. */
export type Sabotage = (typeof SABOTAGES)[number];
const SABOTAGES = ["wrong-file", "missing-merge"] as const;

export const HELP = `Moves a small fleet of services from a generic Helm chart to charts of their own.

  npm start -- [flags]

  --candidates N   how many services to migrate, from 3 to 200 (default 12)
  --keep           leave everything running at the end, and print what to try
  --sabotage KIND  break the migrator on purpose, to see the check fail: ${SABOTAGES.join(" or ")}
  --help           print this
`;

/**
 * Reads the command line.
 * @returns `undefined` when help is asked for
 * @throws Error that says which flag is wrong
 */
export function readFlags(args: readonly string[]): Flags | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      candidates: { type: "string", default: "12" },
      keep: { type: "boolean", default: false },
      sabotage: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  return {
    candidates: readCandidates(values.candidates),
    keep: values.keep,
    sabotage:
      values.sabotage === undefined
        ? undefined
        : readOneOf("--sabotage", SABOTAGES, values.sabotage),
  };
}

import { parseArgs } from "node:util";
import { readCandidates, readOneOf } from "../../test/stage/flags.ts";

/** How to run the example. */
export interface Flags {
  readonly candidates: number;
  readonly keep: boolean;
  readonly sabotage: Sabotage | undefined;
}

/** A way to break the example, to see that the check notices. */
export type Sabotage = (typeof SABOTAGES)[number];
const SABOTAGES = ["twice", "terminate"] as const;

export const HELP = `A service with Loom in it, on Postgres and Temporal, whose worker is killed in mid-run.

  npm start -w examples/express-postgres-temporal -- [flags]

  --candidates N   how many services to migrate, from 3 to 200 (default 12)
  --keep           leave everything running at the end, and print what to try
  --sabotage KIND  break something on purpose, to see the check fail:
                     twice      the migrator does everything twice to one service
                     terminate  somebody terminates a run in Temporal
  --help           print this

  DATABASE_URL     a Postgres to use instead of one of its own; two databases are made in it, and removed
  TEMPORAL_ADDRESS a Temporal to use instead of one of its own; a namespace is made in it, and removed,
                   unless TEMPORAL_NAMESPACE names one
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

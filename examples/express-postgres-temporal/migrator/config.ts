import * as z from "zod";

const Config = z.object({
  DATABASE_URL: z.string(),
  /** The platform that has Loom in it, and the migrator's token there. */
  PLATFORM_URL: z.string(),
  PLATFORM_TOKEN: z.string(),
  /** Where Loom reaches this migrator. */
  PUBLIC_URL: z.string(),
  /** Loom signs its calls with it. */
  SIGNING_SECRET: z.string(),
  /** Who tells of roll-outs has to bring it. */
  WEBHOOK_TOKEN: z.string(),
  /** For the tests: to this service everything is done twice, so that the check has something to find. */
  SABOTAGED: z.string().optional(),
});

/** What the migrator is told by its environment. */
export type Config = z.output<typeof Config>;

export function readConfig(): Config {
  return Config.parse(process.env);
}

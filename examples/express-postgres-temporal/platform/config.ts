import * as z from "zod";

const Config = z.object({
  DATABASE_URL: z.string(),
  TEMPORAL_ADDRESS: z.string(),
  TEMPORAL_NAMESPACE: z.string().default("default"),
  /** The queue that the platform's workers have always listened on. Loom's runs join it. */
  TASK_QUEUE: z.string().default("platform"),
  /** Where the service listens; 0 takes a free port. */
  PORT: z.coerce.number().default(8080),
  /** Where migrators reach Loom. Dispatches carry it, so the workers must know it. */
  LOOM_URL: z.string().optional(),
  /** Makes the callback ids that migrators report under: the same in every process, for as long as runs last. */
  LOOM_SECRET: z.string(),
  /** Signs Loom's calls to migrators. */
  SIGNING_SECRET: z.string(),
  /** Where Loom may call migrators. */
  MIGRATOR_ORIGINS: z.string().transform((list) => list.split(",")),
  /** Seconds between two looks for runs that somebody has terminated in Temporal. */
  RECOVERY_SECONDS: z.coerce.number().optional(),
  /** Seconds without a sign of life after which a call of a dead worker is made by another. */
  HEARTBEAT_SECONDS: z.coerce.number().optional(),
});

/** What the service and its workers are told by their environment. */
export type Config = z.output<typeof Config>;

export function readConfig(): Config {
  return Config.parse(process.env);
}

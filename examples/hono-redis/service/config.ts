import * as z from "zod";

const list = z.string().transform((text) => text.split(",").map((item) => item.trim()));

const Environment = z.object({
  REDIS_URL: z.string(),
  /** What all keys begin with, Loom's too. */
  KEY_PREFIX: z.string().default(""),
  HOST: z.string().default("127.0.0.1"),
  /** 0 takes a free one. */
  PORT: z.coerce.number().int().default(8080),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error"]).default("info"),
  /** Where others reach this service, whichever instance answers. */
  PUBLIC_URL: z.url(),
  /** Loom's own keys, separated by commas: the current one first, then older ones that waiting steps still carry. */
  LOOM_SECRETS: list,
  /** How long other instances wait before they take over what a killed one was doing. */
  LOOM_LEASE_MS: z.coerce.number().int().positive().default(60_000),
  /** Loom signs its calls to migrators with it: base64. */
  LOOM_SIGNING_SECRET: z.string(),
  /** What the migrator signs its calls to Loom with: base64, separated by a comma while one takes the place of the other. */
  MIGRATOR_SECRETS: list,
  /** Where migrators may live, as origins separated by commas. Whoever announces another address is never called. */
  MIGRATOR_ORIGINS: list,
  /** Who is told when a topic has lost its last consumer. */
  TOPIC_WEBHOOK_URL: z.url(),
  TOPIC_WEBHOOK_TOKEN: z.string(),
});

/** What the service takes from its environment. */
export type Config = z.output<typeof Environment>;

/** Reads it. @throws Error that names what is missing or wrong, and no value */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const { data, error } = Environment.safeParse(environment);
  if (data) return data;
  throw new Error(`The environment is not as it should be:\n${z.prettifyError(error)}`);
}

import * as z from "zod";

const Environment = z.object({
  REDIS_URL: z.string(),
  /** What all keys begin with. */
  KEY_PREFIX: z.string().default(""),
  HOST: z.string().default("127.0.0.1"),
  /** 0 takes a free one. */
  PORT: z.coerce.number().int().default(8081),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error"]).default("info"),
  /** Where Loom reaches this migrator; the address that it listens at when absent. */
  SELF_URL: z.url().optional(),
  /** The topic registry, which has Loom below `/loom`. */
  PLATFORM_URL: z.url(),
  /** A session of this migrator's account there. */
  PLATFORM_TOKEN: z.string(),
  /** What this migrator signs its calls to Loom with: base64. */
  MIGRATOR_SECRET: z.string(),
  /** What Loom signs its calls with: base64. */
  LOOM_SIGNING_SECRET: z.string(),
  /** What the registry's webhooks carry. */
  WEBHOOK_TOKEN: z.string(),
  /** How often to ask whether a topic has consumers left, in case a webhook was lost. */
  CHECK_SECONDS: z.coerce.number().positive().default(300),
});

/** What the migrator takes from its environment. */
export type Config = z.output<typeof Environment>;

/** Reads it. @throws Error that names what is missing or wrong, and no value */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const { data, error } = Environment.safeParse(environment);
  if (data) return data;
  throw new Error(`The environment is not as it should be:\n${z.prettifyError(error)}`);
}

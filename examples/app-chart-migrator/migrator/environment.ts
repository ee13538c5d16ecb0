import * as z from "zod";

const EnvironmentSchema = z.object({
  LOOM_URL: z.url(),
  LOOM_TOKEN: z.string(),
  /** Loom signs its calls with it. */
  SIGNING_SECRET: z.string(),
  FORGE_URL: z.url(),
  FORGE_TOKEN: z.string(),
  /** What the forge sends with its webhooks. */
  WEBHOOK_TOKEN: z.string(),
  /** The folder with the repositories, which stands for the forge's git over HTTP. */
  REPOSITORIES: z.string(),
  /** A folder for the migrator's own files. */
  FILES: z.string(),
  SABOTAGE: z.string().optional(),
  SABOTAGED: z.string().optional(),
});

/** What the migrator is told by its environment. @throws ZodError that names what is missing */
export function readEnvironment(): z.output<typeof EnvironmentSchema> {
  return EnvironmentSchema.parse(process.env);
}

import { createMigrator, defineMigration, memoryMigratorStore } from "@loom/migrator-sdk";
import { serveMigrator } from "@loom/migrator-sdk/node";
import { onTestFinished } from "vitest";
import * as z from "zod";

const greetings = defineMigration({
  id: "greetings",
  name: "Greet every service",
  inputs: z.object({ greeting: z.string().describe("What to say") }),
  handlers: {
    greet: {
      changes: ({ candidate, inputs }) => [
        {
          repo: candidate.id,
          path: "GREETING.md",
          after: `${inputs.greeting}, ${candidate.id}!\n`,
        },
      ],
      async run(ctx) {
        const [change] = await ctx.changes();
        return ctx.done({ committed: change?.after ?? "" });
      },
    },
    approve: { run: (ctx) => ctx.awaitReview({ instructions: "Is that polite?" }) },
  },
  plan: [{ name: "greet" }, { name: "approve" }],
  discover: () => [{ id: "acme/billing" }, { id: "acme/checkout" }],
});

/** A real migrator behind a port of its own, which has announced itself. Gives the way to end it. */
export async function openMigrator(loomUrl: string): Promise<() => Promise<void>> {
  const address = { url: "" };
  const migrator = createMigrator({
    app: "greetings",
    migrations: [greetings],
    loom: { url: loomUrl, token: "a-migrators-token" },
    url: () => address.url,
    store: memoryMigratorStore(),
  });
  const server = await serveMigrator(migrator);
  address.url = server.url;
  const close = async () => {
    await server.close();
    await migrator.close();
  };
  onTestFinished(close);
  await migrator.open();
  return close;
}

import { defineMigration } from "@loom/migrator-sdk";
import * as z from "zod";
import { type Catalogue, settlementOf } from "./catalogue.ts";
import { nodeOf, RINGS, withNode } from "./manifest.ts";

/** Raises the version of Node that services run on: a few instances first, and all once somebody has looked. */
export const nodeUpgrade = (catalogue: Catalogue) =>
  defineMigration({
    id: "node-upgrade",
    name: "Upgrade Node",
    description: "Raises the version of Node in the manifest of every service.",
    overview: ["Canary instances first", "Somebody looks", "The whole fleet"],
    inputs: z.object({
      node: z.string().regex(/^\d+$/, "a major version, such as 24").describe("Version of Node"),
    }),

    handlers: {
      "raise-node": {
        config: z.object({ ring: z.enum(RINGS) }),
        metadata: z.object({ change: z.string() }),
        async changes({ candidate, config, inputs }) {
          const { name, manifest } = await catalogue.service(candidate.id);
          const after = withNode(manifest, config.ring, inputs.node);
          return [{ repo: "catalogue", path: `${name}.yaml`, before: manifest, after }];
        },
        async run(ctx) {
          const [edit] = await ctx.changes();
          if (!edit) return ctx.done();
          const { id, state, key } = await catalogue.propose({
            key: ctx.key,
            service: ctx.candidate.id,
            title: `Node ${ctx.inputs.node} for ${ctx.config.ring}`,
            before: edit.before ?? "",
            after: edit.after ?? "",
          });
          const metadata = { change: String(id) };
          return state === "merged" ? ctx.done(metadata) : ctx.open({ key, metadata });
        },
        async check(key) {
          const change = await catalogue.find(key);
          return change && settlementOf(change.state);
        },
        async compensate(ctx) {
          const change = await catalogue.find(ctx.key);
          if (change) await catalogue.undo(change.id);
          return ctx.done();
        },
        retry: { attempts: 8 }, // the catalogue may be away for a minute
        timeoutSeconds: 14 * 86_400,
      },

      review: {
        run: (ctx) => ctx.awaitReview({ instructions: "Do the canary instances look well?" }),
      },
    },

    plan: [
      { name: "raise-canary", type: "raise-node", config: { ring: "canary" } },
      { name: "review", description: "Somebody looks at the canary instances" },
      { name: "raise-fleet", type: "raise-node", config: { ring: "fleet" } },
    ],

    discover: async () =>
      (await catalogue.services()).map(({ name, team, manifest }) => ({
        id: name,
        kind: "service",
        metadata: { team },
        state: { node: nodeOf(manifest, "fleet") ?? "unknown" },
      })),
  });

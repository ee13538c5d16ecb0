import { defineMigration, TerminalError } from "@loom/migrator-sdk";
import * as z from "zod";
import type { Registry, Topic } from "./registry.ts";

const VERSIONED = /\.v\d+$/;

/** What stands open until nobody reads a topic any more. */
export function drainKeyOf(topic: string): string {
  return `drained ${topic}`;
}

/** Gives topics names with a version: a new topic, its consumers one after the other, and then the old one goes. */
export const topicRename = (registry: Registry) =>
  defineMigration({
    id: "topic-rename",
    name: "Topics get a version in their name",
    overview: ["Make the new topic", "Its consumers move", "Somebody looks", "Remove the old one"],
    inputs: z.object({
      version: z
        .string()
        .regex(/^v\d+$/, "a version, such as v2")
        .describe("Version in the name"),
    }),

    handlers: {
      create: {
        metadata: z.object({ topic: z.string() }),
        async changes({ candidate, inputs }) {
          const { definition } = await topicOf(registry, candidate.id);
          const name = renamed(candidate.id, inputs.version);
          return [{ repo: "topics", path: `${name}.json`, after: definition }];
        },
        async run(ctx) {
          const topic = renamed(ctx.candidate.id, ctx.inputs.version);
          const { definition } = await topicOf(registry, ctx.candidate.id);
          await registry.create(topic, definition);
          return ctx.done({ topic });
        },
        async compensate(ctx) {
          await registry.remove(renamed(ctx.candidate.id, ctx.inputs.version));
          return ctx.done();
        },
        retry: { attempts: 8 }, // the registry may be away for a minute
      },

      "move-consumers": {
        metadata: z.object({ consumers: z.string() }),
        async run(ctx) {
          const { consumers } = await topicOf(registry, ctx.candidate.id);
          if (consumers.length === 0) return ctx.done();
          const key = drainKeyOf(ctx.candidate.id);
          return ctx.open({ key, metadata: { consumers: consumers.join(", ") } });
        },
        async check(key) {
          const topic = await registry.find(key.slice(drainKeyOf("").length));
          return topic?.consumers.length === 0 ? { phase: "completed" } : undefined;
        },
        async compensate(ctx) {
          const successor = renamed(ctx.candidate.id, ctx.inputs.version);
          const { consumers = [] } = (await registry.find(successor)) ?? {};
          for (const consumer of consumers)
            await registry.move(consumer, successor, ctx.candidate.id);
          return ctx.done();
        },
        retry: { attempts: 8 },
        timeoutSeconds: 30 * 86_400,
      },

      approve: {
        run: (ctx) => ctx.awaitReview({ instructions: "Is nobody left who writes to it?" }),
      },

      retire: {
        async changes({ candidate }) {
          const { definition } = await topicOf(registry, candidate.id);
          return [{ repo: "topics", path: `${candidate.id}.json`, before: definition }];
        },
        async run(ctx) {
          await registry.remove(ctx.candidate.id);
          return ctx.done();
        },
        retry: { attempts: 8 },
      },
    },

    plan: [
      { name: "create", description: "Make the topic with the new name" },
      { name: "move-consumers", description: "Teams move their consumers" },
      { name: "approve", description: "Somebody looks at who writes" },
      { name: "retire", description: "Remove the topic with the old name" },
    ],

    discover: async () =>
      (await registry.topics())
        .filter(({ name }) => !VERSIONED.test(name))
        .map(({ name, consumers }) => ({
          id: name,
          kind: "topic",
          state: { consumers: String(consumers.length) },
        })),
  });

function renamed(topic: string, version: string): string {
  return `${topic}.${version}`;
}

async function topicOf(registry: Registry, name: string): Promise<Topic> {
  const topic = await registry.find(name);
  if (!topic) throw new TerminalError(`There is no topic ${name}`);
  return topic;
}

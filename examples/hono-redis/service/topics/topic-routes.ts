import { type Context, Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import * as z from "zod";
import { admit, type WithCaller } from "../auth/log-in.ts";
import type { Renames } from "../loom/renames.ts";
import type { Audit } from "./audit.ts";
import type { Topics } from "./topics.ts";
import type { TellDrained } from "./webhook.ts";

/** What the routes work with. */
export interface TopicParts {
  readonly topics: Topics;
  readonly renames: Renames;
  readonly audit: Audit;
  readonly tellDrained: TellDrained;
}

const Definition = z.object({ definition: z.string() });
const Move = z.object({ to: z.string() });

/** `/topics`: everybody looks, operators and programs write, a team moves its own consumers. */
export function topicRoutes({ topics, renames, audit, tellDrained }: TopicParts): Hono<WithCaller> {
  return new Hono<WithCaller>()
    .get("/", async (context) => {
      admit(context.get("caller"), "viewer", "operator", "migrator");
      return context.json({ topics: await topics.list() });
    })
    .get("/:name", async (context) => {
      admit(context.get("caller"), "viewer", "operator", "migrator");
      const topic = await topics.find(context.req.param("name"));
      if (!topic) throw new HTTPException(404, { message: "There is no such topic." });
      return context.json({ ...topic, rename: await renames(topic.name) });
    })
    .put("/:name", async (context) => {
      const user = admit(context.get("caller"), "operator", "migrator");
      const name = context.req.param("name");
      const { definition } = await readBody(context, Definition);
      await audit(user, "topic.create", name);
      await topics.create(name, definition);
      return context.body(null, 204);
    })
    .delete("/:name", async (context) => {
      const user = admit(context.get("caller"), "operator", "migrator");
      await audit(user, "topic.remove", context.req.param("name"));
      await topics.remove(context.req.param("name"));
      return context.body(null, 204);
    })
    .put("/:name/consumers/:consumer", async (context) => {
      admit(context.get("caller"), "operator");
      const { name, consumer } = context.req.param();
      await topics.subscribe(consumer, name);
      return context.body(null, 204);
    })
    .post("/:name/consumers/:consumer/move", async (context) => {
      const user = admit(context.get("caller"), "operator", "migrator");
      const { name, consumer } = context.req.param();
      const { to } = await readBody(context, Move);
      const left = await topics.move(consumer, name, to);
      await audit(user, "consumer.move", `${consumer}: ${name} → ${to}`);
      if (left === 0) tellDrained(name);
      return context.json({ left });
    });
}

/** Reads a body by its schema. @throws HTTPException 400 that says what is wrong */
async function readBody<T>(context: Context, schema: z.ZodType<T>): Promise<T> {
  const body: unknown = await context.req.json().catch(() => undefined);
  const { data, error } = schema.safeParse(body);
  if (error) throw new HTTPException(400, { message: z.prettifyError(error) });
  return data;
}

import type { FastifyPluginAsync } from "fastify";
import * as z from "zod";
import { admit } from "../auth/log-in.ts";
import type { Audit } from "./audit.ts";
import type { Changes } from "./changes.ts";
import { readBody } from "./read-body.ts";
import type { ChangeWebhook } from "./webhook.ts";

const Proposed = z.object({
  key: z.string(),
  service: z.string(),
  title: z.string(),
  before: z.string(),
  after: z.string(),
});

interface ById {
  readonly Params: { readonly id: number };
}

/** Fastify answers other ids with 400, and makes a number of the text. */
const byId = {
  schema: {
    params: {
      type: "object",
      properties: { id: { type: "integer", minimum: 1, maximum: 2 ** 31 - 1 } },
    },
  },
};

/** `/changes`: programs propose and undo, operators decide. */
export const changeRoutes =
  (changes: Changes, audit: Audit, tell: ChangeWebhook): FastifyPluginAsync =>
  async (routes) => {
    routes.get<{ Querystring: { key?: string } }>("/changes", async ({ caller, query }) => {
      admit(caller, "viewer", "operator", "migrator");
      const { key } = query;
      if (key === undefined) return { changes: await changes.list() };
      const found = await changes.find(key);
      return { changes: found ? [found] : [] };
    });
    routes.post("/changes", async ({ caller, body }) => {
      const user = admit(caller, "operator", "migrator");
      const proposal = readBody(Proposed, body);
      await audit(user, "change.propose", proposal.key);
      return changes.propose(proposal);
    });
    routes.delete<ById>("/changes/:id", byId, async ({ caller, params }) => {
      const user = admit(caller, "operator", "migrator");
      const change = await changes.undo(params.id);
      await audit(user, "change.undo", change.key);
      return change;
    });
    for (const decision of ["merge", "reject"] as const)
      routes.post<ById>(`/changes/:id/${decision}`, byId, async ({ caller, params }) => {
        const user = admit(caller, "operator");
        const change = await changes[decision](params.id);
        await audit(user, `change.${decision}`, change.key);
        tell(change);
        return change;
      });
  };

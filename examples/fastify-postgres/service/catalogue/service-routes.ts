import type { FastifyPluginAsync } from "fastify";
import * as z from "zod";
import { admit, httpError } from "../auth/log-in.ts";
import type { Audit } from "./audit.ts";
import { readBody } from "./read-body.ts";
import type { Services } from "./services.ts";

const Entry = z.object({ team: z.string(), manifest: z.string() });

interface Named {
  readonly Params: { readonly name: string };
}

/** `/services`: everybody looks, operators write. */
export const serviceRoutes =
  (services: Services, audit: Audit): FastifyPluginAsync =>
  async (routes) => {
    routes.get("/services", async ({ caller }) => {
      admit(caller, "viewer", "operator", "migrator");
      return { services: await services.list() };
    });
    routes.get<Named>("/services/:name", async ({ caller, params }) => {
      admit(caller, "viewer", "operator", "migrator");
      const found = await services.find(params.name);
      if (!found) throw httpError(404, "There is no such service.");
      return found;
    });
    routes.put<Named>("/services/:name", async ({ caller, params, body }, reply) => {
      const user = admit(caller, "operator");
      const { name } = params;
      await services.put({ name, ...readBody(Entry, body) });
      await audit(user, "service.put", name);
      return reply.code(204).send();
    });
  };

import { createHash, timingSafeEqual } from "node:crypto";
import type { Migrator } from "@loom/migrator-sdk";
import type { FastifyPluginAsync } from "fastify";
import { type Change, settlementOf } from "./catalogue.ts";

type Told = Pick<Change, "key" | "state">;

/** `POST /webhooks/changes`: the catalogue tells that a change was decided, and the step that waits for it ends. */
export const changeWebhook =
  (migrator: Pick<Migrator, "settle">, token: string): FastifyPluginAsync =>
  async (routes) => {
    routes.post<{ Body: Told }>("/webhooks/changes", async (request, reply) => {
      if (!isSame(request.headers.authorization ?? "", `Bearer ${token}`))
        return reply.code(401).send();
      const { key, state } = request.body;
      const settlement = settlementOf(state);
      if (settlement) await migrator.settle(key, settlement);
      return reply.code(204).send();
    });
  };

/** Takes no time that tells how close it was. */
function isSame(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}

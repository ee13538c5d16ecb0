import type { FastifyBaseLogger } from "fastify";
import type { Config } from "../config.ts";
import type { Change } from "./changes.ts";

const TIMEOUT_MS = 5_000;

/** Tells whoever subscribed that a change was decided. */
export type ChangeWebhook = (change: Change) => void;

/** Tells it once: webhooks get lost, as everybody's do, and subscribers ask now and then. */
export function createChangeWebhook(config: Config, log: FastifyBaseLogger): ChangeWebhook {
  const headers = {
    authorization: `Bearer ${config.CHANGE_WEBHOOK_TOKEN}`,
    "content-type": "application/json",
  };
  const send = async ({ key, state }: Change): Promise<void> => {
    const response = await fetch(config.CHANGE_WEBHOOK_URL, {
      method: "POST",
      headers,
      body: JSON.stringify({ key, state }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) throw new Error(`The subscriber answered ${response.status}`);
  };
  return (change) => {
    send(change).catch((err: unknown) => log.warn({ err, key: change.key }, "a webhook was lost"));
  };
}

import type { Logger } from "pino";
import type { Config } from "../config.ts";

const TIMEOUT_MS = 5_000;

/** Tells whoever subscribed that nobody reads a topic any more. */
export type TellDrained = (topic: string) => void;

/** Tells it once: webhooks get lost, as everybody's do, and subscribers ask now and then. */
export function createDrainWebhook(config: Config, logger: Logger): TellDrained {
  const headers = {
    authorization: `Bearer ${config.TOPIC_WEBHOOK_TOKEN}`,
    "content-type": "application/json",
  };
  const send = async (topic: string): Promise<void> => {
    const response = await fetch(config.TOPIC_WEBHOOK_URL, {
      method: "POST",
      headers,
      body: JSON.stringify({ event: "drained", topic }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) throw new Error(`The subscriber answered ${response.status}`);
  };
  return (topic) => {
    send(topic).catch((err: unknown) => logger.warn({ err, topic }, "a webhook was lost"));
  };
}

import type { Forge } from "./forge.ts";

/** Where a forge tells what became of its pull requests. */
export interface Webhook {
  readonly url: string;
  /** Sent as a bearer token, so that the receiver knows who calls. */
  readonly token: string;
}

/**
 * Posts every pull request that is merged or closed, once. Like those of a real forge, a webhook that cannot be delivered is
 * lost; migrators look for themselves now and then.
 */
export function sendWebhooks(forge: Forge, webhook: Webhook): void {
  forge.watch((change) => {
    if (change.state === "open") return;
    const headers = {
      authorization: `Bearer ${webhook.token}`,
      "content-type": "application/json",
    };
    const body = JSON.stringify(change);
    fetch(webhook.url, { method: "POST", headers, body }).catch(() => undefined);
  });
}

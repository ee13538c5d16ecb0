import { type PullRequest, parseKey } from "../forge/pull-request.ts";
import type { Webhook } from "../forge/webhooks.ts";

/** Pull requests over the HTTP API of the forge. */
export interface ForgeClient {
  /** The last one opened for a branch. */
  find(branch: string): Promise<PullRequest | undefined>;
  /** Opens one for a branch that was pushed. */
  open(repo: string, branch: string, title: string): Promise<PullRequest>;
  /** @param key such as `acme/gitops#12` */
  read(key: string): Promise<PullRequest>;
  close(key: string): Promise<PullRequest>;
  /** Asks for a webhook whenever a pull request is merged or closed. */
  subscribe(webhook: Webhook): Promise<void>;
}

/** Makes a client of the forge at `url`. Its calls throw an Error when the forge says no. */
export function createForgeClient(url: string, token: string): ForgeClient {
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === "" ? undefined : JSON.parse(text)) as T;
  };
  return {
    find: async (branch) => {
      const query = new URLSearchParams({ branch }).toString();
      return (await call<PullRequest[]>("GET", `/pulls?${query}`)).at(-1);
    },
    open: async (repo, branch, title) =>
      await call("POST", `/repos/${repo}/pulls`, { branch, title }),
    read: async (key) => await call("GET", pathOf(key)),
    close: async (key) => await call("PATCH", pathOf(key), { state: "closed" }),
    subscribe: async (webhook) => await call("POST", "/hooks", webhook),
  };
}

function pathOf(key: string): string {
  const { repo, number } = parseKey(key);
  return `/repos/${repo}/pulls/${number}`;
}

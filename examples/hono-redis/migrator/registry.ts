import { TerminalError } from "@loom/migrator-sdk";
import type { Config } from "./config.ts";

/** A topic, as the registry lists it. */
export interface Topic {
  readonly name: string;
  readonly definition: string;
  readonly consumers: readonly string[];
}

/** What this migrator asks of the topic registry. Every call throws when the registry says no: what it refuses is refused again. */
export interface Registry {
  topics(): Promise<readonly Topic[]>;
  find(name: string): Promise<Topic | undefined>;
  /** The same again is no error. */
  create(name: string, definition: string): Promise<void>;
  /** One that is gone already is no error. */
  remove(name: string): Promise<void>;
  move(consumer: string, from: string, to: string): Promise<void>;
}

/** Speaks to it over HTTP. */
export function createRegistry({ PLATFORM_URL, PLATFORM_TOKEN }: Config): Registry {
  const ask = async (method: string, path: string, body?: object): Promise<Response> => {
    const response = await fetch(PLATFORM_URL + path, {
      method,
      headers: {
        authorization: `Bearer ${PLATFORM_TOKEN}`,
        ...(body && { "content-type": "application/json" }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (response.ok || response.status === 404) return response;
    const said = `${method} ${path}: ${response.status} ${await response.text()}`;
    throw response.status < 500 ? new TerminalError(said) : new Error(said);
  };
  const at = (name: string) => `/topics/${encodeURIComponent(name)}`;
  const done = async (response: Response): Promise<void> => void (await response.arrayBuffer());
  return {
    async topics() {
      return ((await (await ask("GET", "/topics")).json()) as { topics: Topic[] }).topics;
    },
    async find(name) {
      const response = await ask("GET", at(name));
      if (response.ok) return (await response.json()) as Topic;
      return done(response).then(() => undefined);
    },
    create: async (name, definition) => done(await ask("PUT", at(name), { definition })),
    remove: async (name) => done(await ask("DELETE", at(name))),
    move: async (consumer, from, to) =>
      done(await ask("POST", `${at(from)}/consumers/${encodeURIComponent(consumer)}/move`, { to })),
  };
}

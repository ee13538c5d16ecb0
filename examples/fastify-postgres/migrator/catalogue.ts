import { type Settlement, TerminalError } from "@loom/migrator-sdk";
import type { Config } from "./config.ts";

/** A service, as the catalogue lists it. */
export interface ServiceEntry {
  readonly name: string;
  readonly team: string;
  readonly manifest: string;
}

/** A change of a manifest that waits for its team, or did. */
export interface Change {
  readonly id: number;
  readonly key: string;
  readonly state: "open" | "merged" | "rejected" | "withdrawn" | "reverted";
}

/** What this migrator asks of the service catalogue. Every call throws an Error when the catalogue says no. */
export interface Catalogue {
  services(): Promise<readonly ServiceEntry[]>;
  service(name: string): Promise<ServiceEntry>;
  /** Finds the change with this key, else opens it. */
  propose(change: {
    readonly key: string;
    readonly service: string;
    readonly title: string;
    readonly before: string;
    readonly after: string;
  }): Promise<Change>;
  find(key: string): Promise<Change | undefined>;
  /** Withdraws an open change, takes back a merged one. */
  undo(id: number): Promise<Change>;
}

/** Speaks to it over HTTP. */
export function createCatalogue({ PLATFORM_URL, PLATFORM_TOKEN }: Config): Catalogue {
  const ask = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(PLATFORM_URL + path, {
      method,
      headers: {
        authorization: `Bearer ${PLATFORM_TOKEN}`,
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw refusal(response.status, `${method} ${path}: ${text}`);
    return JSON.parse(text) as T;
  };
  return {
    services: async () => (await ask<{ services: ServiceEntry[] }>("GET", "/services")).services,
    service: (name) => ask("GET", `/services/${encodeURIComponent(name)}`),
    propose: (change) => ask("POST", "/changes", change),
    find: async (key) => {
      const { changes } = await ask<{ changes: Change[] }>(
        "GET",
        `/changes?key=${encodeURIComponent(key)}`,
      );
      return changes[0];
    },
    undo: (id) => ask("DELETE", `/changes/${id}`),
  };
}

/** What the catalogue refuses it refuses again: no repetition mends that. */
function refusal(status: number, said: string): Error {
  return status < 500 ? new TerminalError(said) : new Error(said);
}

/** What the state of a change means for the step that waits for it; nothing while it is open. */
export function settlementOf(state: Change["state"]): Settlement | undefined {
  if (state === "open") return undefined;
  return state === "merged" ? { phase: "merged" } : { failed: `The change was ${state}` };
}

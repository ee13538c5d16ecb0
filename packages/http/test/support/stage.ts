import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { request } from "node:http";
import type { Actor, DispatchStepRequest, Logger, Loom } from "@loom/core";
import { createLoom } from "@loom/core";
import { bearerTokens, createMigratorClient } from "@loom/http";
import type { HandlerLimits } from "@loom/http";
import { loomNode } from "@loom/http/node";
import { createLocalEngine, createMemoryStore } from "@loom/local";
import { onTestFinished } from "vitest";
import { expectDeclared } from "./declared.ts";
import { bodyOf, httpServer } from "./servers.ts";

/** Who calls, in tests. */
export const TOKENS = { operator: "operator-token-0001", migrator: "migrator-token-0001" } as const;
export type Caller = keyof typeof TOKENS | "nobody";

export const tokens = {
  operator: { [TOKENS.operator]: { id: "olga" } },
  migrator: { [TOKENS.migrator]: { id: "charts" } },
} satisfies Record<string, Record<string, Actor>>;

/** What came back. */
export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Of JSON; `undefined` when there is no body. */
  readonly json: unknown;
}

/** A request whose path goes out exactly as written. */
export interface Sent {
  readonly method?: string;
  readonly path: string;
  readonly as?: Caller;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text and bytes go out as they are, the rest as JSON. */
  readonly body?: unknown;
}

/** Sends it, and holds a problem against what its route declares. */
export async function send(origin: string, sent: Sent): Promise<Reply> {
  const { hostname, port } = new URL(origin);
  const { method = "GET", path, as = "operator" } = sent;
  const body = bytesOf(sent.body);
  const headers = {
    ...(as !== "nobody" && { authorization: `Bearer ${TOKENS[as]}` }),
    ...(body !== undefined && {
      "content-type": "application/json",
      "content-length": String(Buffer.byteLength(body)),
    }),
    ...sent.headers,
  };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ hostname, port, method, path, headers }, resolve).on("error", reject).end(body);
  });
  const text = await bodyOf(response);
  const type = response.headers["content-type"] ?? "";
  const json: unknown = /json/.test(type) && text !== "" ? JSON.parse(text) : undefined;
  if (json !== undefined && /problem/.test(type)) expectDeclared(method, path, json);
  return { status: response.statusCode ?? 0, headers: response.headers, text, json };
}

function bytesOf(body: unknown): string | Uint8Array | undefined {
  if (body === undefined || typeof body === "string" || body instanceof Uint8Array) return body;
  return JSON.stringify(body);
}

/** A migrator that accepts everything and remembers the dispatches. */
export interface Stage {
  readonly loom: Loom;
  readonly migratorUrl: string;
  readonly dispatched: DispatchStepRequest[];
  /** Resolves with the dispatch of that number, from 1. */
  readonly dispatch: (number: number) => Promise<DispatchStepRequest>;
}

/** A real Loom on the embedded default, and a real migrator behind a real port. */
export async function stageLoom(): Promise<Stage> {
  const dispatched: DispatchStepRequest[] = [];
  const waiting = new Set<() => void>();
  const migratorUrl = await httpServer(async (incoming, response) => {
    const asked = JSON.parse(await bodyOf(incoming)) as DispatchStepRequest & {
      steps?: { name: string }[];
    };
    if (incoming.url !== "/dry-run") dispatched.push(asked);
    const steps = (asked.steps ?? []).map(({ name }) => ({ stepName: name, skipped: true }));
    response.setHeader("content-type", "application/json").end(JSON.stringify({ steps }));
    for (const wake of waiting) wake();
  });
  const loom = createLoom({
    store: createMemoryStore(),
    engine: createLocalEngine(),
    migrators: createMigratorClient(),
    logger: silent,
  });
  await loom.open();
  onTestFinished(() => loom.close());
  const dispatch = async (number: number): Promise<DispatchStepRequest> => {
    for (;;) {
      const found = dispatched[number - 1];
      if (found) return found;
      await new Promise<void>((wake) => waiting.add(wake));
    }
  };
  return { loom, migratorUrl, dispatched, dispatch };
}

export const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** The same behind a port of its own, with tokens for both audiences. */
export async function stageServer(limits: HandlerLimits = {}) {
  const stage = await stageLoom();
  const logged: unknown[] = [];
  const logger = {
    ...silent,
    error: (fields: object, message: string) => void logged.push({ ...fields, message }),
  };
  const origin = await httpServer(
    loomNode(stage.loom, { authorize: bearerTokens(tokens), limits, logger }),
  );
  return { ...stage, origin, logged, send: (sent: Sent) => send(origin, sent) };
}

/** The announcement of the migration that the tests run. */
export const announcementOf = (migratorUrl: string) => ({
  id: "chart-upgrade",
  name: "Upgrade the chart",
  steps: [{ name: "bump", compensable: true }, { name: "approve" }],
  requiredInputs: [{ name: "targetVersion", label: "Version", optional: true }],
  migratorApp: "charts",
  migratorUrl,
  candidates: [{ id: "billing" }, { id: "ledger" }],
});

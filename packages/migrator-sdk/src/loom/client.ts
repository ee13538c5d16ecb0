import { LoomError } from "@loom/core/errors";
import type { Clock } from "../clock.ts";
import { endsWithin } from "../clock.ts";
import type {
  CandidateSubmission,
  MigrationAnnouncement,
  StepCompletedEvent,
} from "../contract.ts";
import { messageOf } from "../errors.ts";
import type { LoomAnswer } from "./answer.ts";
import { answerOf } from "./answer.ts";
import { createSign, type Sign } from "./sign.ts";
import type { FetchLike, Transport } from "./transport.ts";
import { fetchTransport, undiciTransport } from "./transport.ts";

/** Where Loom is, and who we are to it. */
export interface LoomConnection {
  /** The base URL of Loom's HTTP surface; its path is kept. */
  readonly url: string;
  /** Sent as a bearer token; a function is asked before each request. */
  readonly token?: string | (() => string | Promise<string>);
  /**
   * Signs each request (Standard Webhooks), for a Loom that knows its migrators by `standardWebhooks`: base64, with or without
   * `whsec_`.
   */
  readonly signingSecret?: string;
  /** Takes the place of the network, as tests do. */
  readonly fetch?: FetchLike;
}

/** What a report came to; `isOver` says that Loom wants nothing more of the call. */
export type ReportAnswer =
  | { readonly type: "taken"; readonly isOver: boolean }
  | {
      readonly type: "refused";
      readonly status: number;
      readonly error: string;
      readonly isOver: boolean;
    }
  | Extract<LoomAnswer, { type: "unavailable" }>;

/** Loom, as a migrator sees it. None of it rejects for what the network does. */
export interface LoomClient {
  announce(announcement: MigrationAnnouncement): Promise<LoomAnswer>;
  submitCandidates(migrationId: string, submission: CandidateSubmission): Promise<LoomAnswer>;
  report(callbackId: string, event: StepCompletedEvent): Promise<ReportAnswer>;
  close(): Promise<void>;
}

const TOKEN_MS = 30_000;
const OVER = new Set(["stale", "not_running"]);
const GONE = new Set([
  "run_not_found",
  "candidate_not_found",
  "migration_not_found",
  "stale_attempt",
  "unauthenticated",
]);

/** Speaks to Loom over HTTP. @throws LoomError `invalid_configuration` for an address or a secret that is none */
export function createLoomClient(connection: LoomConnection, clock: Clock): LoomClient {
  const transport = connection.fetch ? fetchTransport(connection.fetch) : undiciTransport();
  const base = baseOf(connection.url);
  const headers = createHeaders(connection, clock);
  const post = (path: string, body: unknown) =>
    send(transport, { url: base + path, body: JSON.stringify(body), headers }, clock);
  return {
    announce: (announcement) => post("/registry/announce", announcement),
    submitCandidates: (id, submission) =>
      post(`/migrations/${encodeURIComponent(id)}/candidates`, submission),
    report: async (callbackId, event) =>
      reportAnswerOf(await post(`/event/${encodeURIComponent(callbackId)}`, event)),
    close: () => transport.close(),
  };
}

function baseOf(url: string): string {
  if (/^https?:\/\/[^/?#]/i.test(url)) return url.replace(/\/+$/, "");
  throw new LoomError(
    "invalid_configuration",
    "loom.url: must be where Loom is, such as https://platform.example/loom.",
  );
}

/** The headers of a request with this body. */
type HeadersOf = (body: string) => Promise<Readonly<Record<string, string>>>;

function createHeaders({ token, signingSecret }: LoomConnection, clock: Clock): HeadersOf {
  const sign: Sign = signingSecret === undefined ? () => ({}) : createSign(signingSecret);
  return async (body) => {
    const bearer = typeof token === "function" ? await tokenFrom(token, clock) : token;
    return {
      "content-type": "application/json",
      ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
      ...sign(body, clock.now()),
    };
  };
}

/** Asked without end it would hold up every request after it. */
async function tokenFrom(ask: () => string | Promise<string>, clock: Clock): Promise<string> {
  const token = (async () => ask())();
  if (await endsWithin(clock, TOKEN_MS, token)) return token;
  throw new Error(`The token did not come within ${TOKEN_MS / 1000} s.`);
}

async function send(
  transport: Transport,
  {
    url,
    body,
    headers,
  }: { readonly url: string; readonly body: string; readonly headers: HeadersOf },
  clock: Clock,
): Promise<LoomAnswer> {
  try {
    return answerOf(await transport.post({ url, headers: await headers(body), body }), clock);
  } catch (error) {
    return { type: "unavailable", error: messageOf(error) };
  }
}

function reportAnswerOf(answer: LoomAnswer): ReportAnswer {
  switch (answer.type) {
    case "taken": {
      const { status, reason } = (answer.body ?? {}) as { status?: string; reason?: string };
      return { type: "taken", isOver: status === "ignored" && OVER.has(reason ?? "") };
    }
    case "refused":
      return { ...answer, isOver: GONE.has(answer.code ?? "") };
    case "unavailable":
      return answer;
  }
}

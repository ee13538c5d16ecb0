import type { Clock } from "../clock.ts";
import type {
  CandidateSubmission,
  MigrationAnnouncement,
  StepCompletedEvent,
} from "../contract.ts";
import { messageOf } from "../errors.ts";
import type { LoomAnswer } from "./answer.ts";
import { answerOf } from "./answer.ts";
import type { FetchLike, Transport } from "./transport.ts";
import { fetchTransport, undiciTransport } from "./transport.ts";

/** Where Loom is, and who we are to it. */
export interface LoomConnection {
  /** The base URL of Loom's HTTP surface; its path is kept. */
  readonly url: string;
  /** Sent as a bearer token; a function is asked before each request. */
  readonly token?: string | (() => string | Promise<string>);
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

const OVER = new Set(["stale", "not_running"]);
const GONE = new Set([
  "run_not_found",
  "candidate_not_found",
  "migration_not_found",
  "stale_attempt",
  "unauthenticated",
]);

/** Speaks to Loom over HTTP. */
export function createLoomClient(connection: LoomConnection, clock: Clock): LoomClient {
  const transport = connection.fetch ? fetchTransport(connection.fetch) : undiciTransport();
  const base = connection.url.replace(/\/+$/, "");
  const post = (path: string, body: unknown) =>
    send(transport, connection, clock, base + path, body);
  return {
    announce: (announcement) => post("/registry/announce", announcement),
    submitCandidates: (id, submission) =>
      post(`/migrations/${encodeURIComponent(id)}/candidates`, submission),
    report: async (callbackId, event) =>
      reportAnswerOf(await post(`/event/${encodeURIComponent(callbackId)}`, event)),
    close: () => transport.close(),
  };
}

async function send(
  transport: Transport,
  { token }: LoomConnection,
  clock: Clock,
  url: string,
  body: unknown,
): Promise<LoomAnswer> {
  try {
    const bearer = typeof token === "function" ? await token() : token;
    const headers = {
      "content-type": "application/json",
      ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
    };
    return answerOf(await transport.post({ url, headers, body: JSON.stringify(body) }), clock);
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

import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import type {
  CandidateSubmission,
  MigrationAnnouncement,
  StepCompletedEvent,
} from "@loom/core/wire";

/** What a script may answer instead of the usual. */
export interface ScriptedAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request that the double got. */
export interface Received {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: unknown;
}

/** Gives the answer to a request, or nothing for the usual one. */
export type Script = (request: Received) => ScriptedAnswer | undefined;

/** A Loom on a real port that does as it is told and remembers what it got. */
export interface LoomDouble {
  readonly url: string;
  readonly requests: readonly Received[];
  /** The events that were answered 2xx. */
  readonly events: readonly (StepCompletedEvent & { readonly callbackId: string })[];
  readonly announcements: readonly MigrationAnnouncement[];
  readonly submissions: readonly CandidateSubmission[];
  script(next: Script): void;
  /** Says what each of the events was: `step phase`. */
  trace(): string[];
  close(): Promise<void>;
}

export async function startLoomDouble(initial: Script = () => undefined): Promise<LoomDouble> {
  let script = initial;
  const requests: Received[] = [];
  const taken: Received[] = [];
  const respond = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const request = await read(incoming);
    requests.push(request);
    const answer = script(request) ?? usual(request);
    if (answer.status === 0) return outgoing.destroy();
    if (answer.status < 300) taken.push(request);
    outgoing.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
    return outgoing.end(JSON.stringify(answer.body ?? {}));
  };
  const server = createServer((incoming, outgoing) => {
    respond(incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const bodies = <T>(path: RegExp) =>
    taken.filter((request) => path.test(request.path)).map(({ body }) => body as T);
  const double: LoomDouble = {
    url: `http://127.0.0.1:${port}`,
    requests,
    get events() {
      return taken.flatMap(({ path, body }) => {
        const callbackId = /^\/event\/(.+)$/.exec(path)?.[1];
        return callbackId === undefined ? [] : [{ ...(body as StepCompletedEvent), callbackId }];
      });
    },
    get announcements() {
      return bodies<MigrationAnnouncement>(/^\/registry\/announce$/);
    },
    get submissions() {
      return bodies<CandidateSubmission>(/^\/migrations\/[^/]+\/candidates$/);
    },
    script: (next) => void (script = next),
    trace: () =>
      double.events.map(
        ({ stepName, success, phase = "completed" }) => `${stepName} ${success ? phase : "failed"}`,
      ),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return double;
}

async function read(incoming: IncomingMessage): Promise<Received> {
  const { url: path = "", headers } = incoming;
  return { path, authorization: headers.authorization, body: await json(incoming) };
}

function usual({ path, body }: Received): ScriptedAnswer {
  if (path.startsWith("/event/")) return { status: 202, body: { status: "accepted" } };
  if (path === "/registry/announce") return { status: 200, body };
  const { length } = (body as CandidateSubmission).candidates;
  const counts = { added: length, updated: 0, unchanged: 0, removed: 0, preserved: 0 };
  return { status: 200, body: counts };
}

/** A problem as Loom writes it. */
export function problem(status: number, code: string): ScriptedAnswer {
  const body = {
    type: `urn:loom:error:${code}`,
    title: code,
    status,
    code,
    detail: `because ${code}`,
  };
  return { status, body };
}

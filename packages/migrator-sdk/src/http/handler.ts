import { LoomError } from "@loom/core/errors";
import { problemOf } from "../contract.ts";
import type { Host } from "../host.ts";
import { jsonOf, readBody } from "./body.ts";
import { dryRun } from "./dry-run.ts";
import type { CheckSignature } from "./signature.ts";
import { takeCall } from "./take-call.ts";

/** Web-standard: takes a request, answers it, never rejects. */
export type Handler = (request: Request) => Promise<Response>;

/** How requests are taken. */
export interface HandlerOptions {
  /** When it is there, an unsigned request is refused. */
  readonly checkSignature?: CheckSignature;
  /** The longest body, in bytes. */
  readonly maxBodyBytes: number;
  /** Makes the store ready. @throws LoomError `store_unavailable` while closing */
  readonly ready: () => Promise<void>;
  /** Stops what is at work for the run, but for the call with this id. */
  readonly replace: (runId: string, id: string) => void;
}

type Action = (body: unknown, signal: AbortSignal) => Promise<Response>;

/** All that Loom asks of a migrator, wherever it is mounted: the last part of the path says what. */
export function createHandler(host: Host, options: HandlerOptions): Handler {
  const take =
    (kind: "do" | "undo"): Action =>
    async (body) => {
      await takeCall(host, kind, body, options.replace);
      return json(202, { status: "accepted" });
    };
  const actions = new Map<string, Action>([
    ["dispatch-step", take("do")],
    ["compensate-step", take("undo")],
    ["dry-run", async (body, signal) => json(200, await dryRun(host, body, signal))],
  ]);
  return async (request) => {
    try {
      return asAskedBy(request, await respond(host, options, actions, request));
    } catch (error) {
      return asAskedBy(request, problem(host, error));
    }
  };
}

/** An answer to HEAD is that to GET without its body (RFC 9110, 9.3.2). */
function asAskedBy({ method }: Request, answer: Response): Response {
  return method === "HEAD" ? new Response(null, answer) : answer;
}

async function respond(
  host: Host,
  options: HandlerOptions,
  actions: ReadonlyMap<string, Action>,
  request: Request,
): Promise<Response> {
  const name = lastPart(request.url);
  if (name === "healthz")
    return onlyBy(request, ["GET", "HEAD"], () => json(200, { status: "ok", app: host.app }));
  const action = actions.get(name);
  if (!action)
    throw new LoomError(
      "not_found",
      "A migrator answers dispatch-step, compensate-step, dry-run and healthz.",
    );
  return onlyBy(request, ["POST"], async () => {
    const body = await readBody(request, options.maxBodyBytes);
    options.checkSignature?.({ headers: request.headers, body }, host.clock.now());
    await options.ready();
    return action(jsonOf(body), request.signal);
  });
}

async function onlyBy(
  { method }: Request,
  methods: readonly string[],
  answer: () => Response | Promise<Response>,
): Promise<Response> {
  if (methods.includes(method)) return answer();
  const error = new LoomError("method_not_allowed", `Use ${methods[0]}.`);
  return problemAnswer(problemOf(error), { allow: methods.join(", ") });
}

function lastPart(url: string): string {
  return new URL(url).pathname.split("/").findLast((part) => part !== "") ?? "";
}

function problem({ logger }: Host, error: unknown): Response {
  const body = problemOf(error);
  if (body.status >= 500) logger.error({ err: error }, "a request could not be answered");
  return problemAnswer(body, body.status === 503 ? { "retry-after": "1" } : {});
}

function problemAnswer(
  body: ReturnType<typeof problemOf>,
  headers: Readonly<Record<string, string>>,
): Response {
  return json(body.status, body, { "content-type": "application/problem+json", ...headers });
}

/** The length is told here, where an answer to HEAD still has a body to measure. */
function json(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const text = JSON.stringify(body);
  const length = String(Buffer.byteLength(text));
  return new Response(text, {
    status,
    headers: { "content-type": "application/json", "content-length": length, ...headers },
  });
}

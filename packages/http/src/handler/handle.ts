import type { Actor, Loom } from "@loom/core";
import { LoomError } from "@loom/core";
import { parseJson } from "../json.ts";
import type { Answer } from "./answers.ts";
import { methodNotAllowed, problem, success } from "./answers.ts";
import type { PathParameters } from "./authorize.ts";
import { actorOf } from "./authorize.ts";
import type { BodySource } from "./body.ts";
import { checkDeclared, checkJsonType, readBody } from "./body.ts";
import type { Asked } from "./calls.ts";
import { calls } from "./calls.ts";
import type { KnownRoute } from "./match.ts";
import { matchRoute } from "./match.ts";
import type { Settings } from "./options.ts";
import { pathBelow, queryOf } from "./paths.ts";

/** A request as a mount hands it over. */
export interface Incoming<Context> {
  readonly request: Request;
  /** As it was sent, base path included. */
  readonly path: string;
  readonly context: () => Context | Promise<Context>;
  /** Opens the body, once. @throws LoomError `invalid_configuration` when somebody else has read it */
  readonly openBody: () => BodySource;
}

/** Answers requests. Never rejects. */
export type Handle<Context> = (incoming: Incoming<Context>) => Promise<Answer>;

/** The one way of a request, whatever it is mounted in: match, authorise, read, call, answer. */
export function createHandle<Context>(loom: Loom, settings: Settings<Context>): Handle<Context> {
  return async (incoming) => {
    try {
      return await answerTo(loom, settings, incoming);
    } catch (error) {
      return problem(reported(error, settings, incoming.request.method));
    }
  };
}

async function answerTo<Context>(
  loom: Loom,
  settings: Settings<Context>,
  incoming: Incoming<Context>,
): Promise<Answer> {
  const { request } = incoming;
  const match = matchRoute(request.method, pathBelow(settings.basePath, incoming.path) ?? "");
  if ("allow" in match) return methodNotAllowed(match.allow);
  const { route, parameters } = match;
  const body = bodyReader(settings, incoming, route);
  const asking = { request, body, context: incoming.context };
  const actor = await actorOf(settings.authorize, route, parameters, asking);
  const json = route.body ? jsonOf(request, await body(), settings.limits.jsonDepth) : undefined;
  const asked = askedOf(parameters, queryOf(request.url), json, actor);
  return success(route, await calls[route.id](loom, asked));
}

/** Reads the body at the first call and remembers it, for who authorises may need it as well. */
function bodyReader<Context>(
  { limits, clock }: Settings<Context>,
  { request, openBody }: Incoming<Context>,
  route: KnownRoute,
): () => Promise<Uint8Array> {
  let reading: Promise<Uint8Array> | undefined;
  const bytes = route.body?.limit === "candidates" ? limits.candidatesBytes : limits.bodyBytes;
  const read = async () => {
    checkDeclared(request.headers, { bytes });
    return readBody(openBody(), { bytes, seconds: limits.bodySeconds, clock });
  };
  return () => (reading ??= read());
}

/** No body at all is for the Loom to judge: most routes can do without. */
function jsonOf({ headers }: Request, bytes: Uint8Array, maxDepth: number): unknown {
  if (bytes.byteLength === 0) return undefined;
  checkJsonType(headers.get("content-type"));
  return parseJson(bytes, maxDepth);
}

function askedOf(
  parameters: PathParameters,
  query: unknown,
  body: unknown,
  actor: Actor | undefined,
): Asked {
  const { id = "", candidateId = "", callbackId = "" } = parameters as Partial<Asked>;
  return { id, candidateId, callbackId, query: query as never, body: body as never, actor };
}

/** What a caller is told of an error; what nobody expected is told to the log alone, under a name that both know. */
function reported<Context>(
  error: unknown,
  { logger }: Settings<Context>,
  method: string,
): LoomError {
  if (LoomError.is(error)) {
    const { code, status, cause } = error;
    // a service that is put together wrongly does not come right by itself
    const level = code === "invalid_configuration" ? "error" : "warn";
    if (status >= 500)
      logger[level]({ code, method, err: cause }, `answered ${status}: ${error.message}`);
    return error;
  }
  const requestId = crypto.randomUUID();
  logger.error({ requestId, method, err: error }, "an unexpected error while answering a request");
  return new LoomError(
    "internal_error",
    `Something went wrong in Loom. Its log says what, under request ${requestId}.`,
  );
}

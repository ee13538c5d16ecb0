import type { Actor } from "@loom/core";
import { CALLBACK_PREFIX, LoomError, parseRunId } from "@loom/core";
import type { Route, RouteAction, RouteAudience } from "@loom/core/wire";

/** What is asked before anything is read or done. */
export interface AuthorizeRequest<Context> {
  /** Its method, URL and headers. Take its body from {@link AuthorizeRequest.body}. */
  readonly request: Request;
  /** What the host framework knows, such as its logged-in user. */
  readonly context: Context;
  /** What the caller wants to do. */
  readonly action: RouteAction;
  /** Whose action it is. */
  readonly audience: Exclude<RouteAudience, "public">;
  /** As the URL says it, not yet checked: any text. */
  readonly migrationId?: string;
  readonly candidateId?: string;
  /**
   * The exact bytes of the body, within the limits: for signatures that cover it. The body is not read before this is
   * called, or the caller is let in.
   *
   * @throws LoomError `payload_too_large`, `unsupported_media_type`, `validation_failed`: let them pass
   */
  readonly body: () => Promise<Uint8Array>;
}

/** What comes of it: who acts, which goes into history; or no. */
export type Authorization = Actor | "unauthenticated" | "forbidden";

/** Decides who may do what. */
export type Authorize<Context = unknown> = (
  asked: AuthorizeRequest<Context>,
) => Authorization | Promise<Authorization>;

/** The ids that a path names. */
export type PathParameters = Readonly<Record<string, string>>;

/** Who acts where nobody is asked. */
const ANYONE: Actor = { id: "unauthenticated" };

/**
 * Asks who acts: deny by default.
 *
 * @returns nobody for a public route, and for a callback id, which the Loom itself checks
 * @throws LoomError `unauthenticated`, `forbidden`
 */
export async function actorOf<Context>(
  authorize: Authorize<Context> | undefined,
  route: Route,
  parameters: PathParameters,
  request: Pick<AuthorizeRequest<Context>, "request" | "body"> & {
    readonly context: () => Context | Promise<Context>;
  },
): Promise<Actor | undefined> {
  const { audience, action } = route;
  if (audience === "public" || isCapability(route, parameters)) return undefined;
  if (!authorize) return ANYONE;
  const context = await request.context();
  const asked = { ...request, context, action, audience, ...subjectOf(route, parameters) };
  return admitted(await authorize(asked));
}

function isCapability({ capability }: Route, parameters: PathParameters): boolean {
  return capability !== undefined && (parameters[capability] ?? "").startsWith(CALLBACK_PREFIX);
}

function subjectOf({ capability }: Route, parameters: PathParameters) {
  if (capability) return parseRunId(parameters[capability] ?? "") ?? {};
  const { id: migrationId, candidateId } = parameters as { id?: string; candidateId?: string };
  return {
    ...(migrationId !== undefined && { migrationId }),
    ...(candidateId !== undefined && { candidateId }),
  };
}

/** Whatever is neither an actor nor one of the two words is a no. */
function admitted(answer: Authorization | undefined): Actor {
  if (answer === "unauthenticated")
    throw new LoomError(
      "unauthenticated",
      "Say who you are: the credentials are missing or wrong.",
    );
  if (typeof answer !== "object" || answer === null || !answer.id)
    throw new LoomError("forbidden", "You may not do this.");
  const { id, name } = answer;
  return { id, ...(name !== undefined && { name }) };
}

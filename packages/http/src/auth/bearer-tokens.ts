import type { Actor } from "@loom/core";
import { LoomError } from "@loom/core";
import type { Authorize, AuthorizeRequest } from "../handler/authorize.ts";

type Audience = AuthorizeRequest<unknown>["audience"];

/** Who a token belongs to, by token, for each audience. */
export type BearerTokens = Readonly<Partial<Record<Audience, Readonly<Record<string, Actor>>>>>;

interface Holder {
  readonly audience: Audience;
  readonly actor: Actor;
}

const SHORTEST = 16;
const encoder = new TextEncoder();

/**
 * Authorises by `Authorization: Bearer …`. Migrators' tokens open migrators' routes and operators' tokens operators': any
 * other use is forbidden.
 *
 * @throws LoomError `invalid_configuration` for a token shorter than 16 characters, or one of both audiences
 * @example
 * authorize: bearerTokens({
 *   operator: { [env.OPERATOR_TOKEN]: { id: "platform-team" } },
 *   migrator: { [env.CHARTS_TOKEN]: { id: "charts" } },
 * })
 */
export function bearerTokens(tokens: BearerTokens): Authorize {
  const entries = entriesOf(tokens);
  const digest = keyedDigest();
  const byDigest = Promise.all(
    entries.map(async ([token, holder]) => [await digest(token), holder] as const),
  ).then((pairs) => new Map(pairs));
  return async ({ request, audience }) => {
    const token = tokenOf(request);
    const holder = token === undefined ? undefined : (await byDigest).get(await digest(token));
    if (!holder) return "unauthenticated";
    return holder.audience === audience ? holder.actor : "forbidden";
  };
}

function tokenOf({ headers }: Request): string | undefined {
  return /^Bearer +(\S+)$/i.exec(headers.get("authorization") ?? "")?.[1];
}

function entriesOf({ operator = {}, migrator = {} }: BearerTokens): (readonly [string, Holder])[] {
  const entries = [
    ...Object.entries(operator).map(([token, actor]) => held(token, "operator", actor)),
    ...Object.entries(migrator).map(([token, actor]) => held(token, "migrator", actor)),
  ];
  if (new Set(entries.map(([token]) => token)).size < entries.length)
    throw invalid("a token must not be an operator's and a migrator's");
  return entries;
}

function held(token: string, audience: Audience, actor: Actor): readonly [string, Holder] {
  if (token.length < SHORTEST) throw invalid(`each must have at least ${SHORTEST} characters`);
  return [token, { audience, actor }];
}

/** Under a key that nobody knows a digest's bytes tell nothing, so looking one up leaks nothing by its time. */
function keyedDigest(): (token: string) => Promise<string> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const secret = crypto.getRandomValues(new Uint8Array(32));
  const key = crypto.subtle.importKey("raw", secret, algorithm, false, ["sign"]);
  return async (token) => {
    const mac = await crypto.subtle.sign("HMAC", await key, encoder.encode(token));
    return new Uint8Array(mac).join();
  };
}

function invalid(what: string): LoomError {
  return new LoomError("invalid_configuration", `Bearer tokens: ${what}.`);
}

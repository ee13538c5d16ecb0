import type { Authorization, Authorize } from "../handler/authorize.ts";

/**
 * Asks several in order until one recognises the caller: operators by token and migrators by signature, say. Who is
 * forbidden by one and unknown to the others is forbidden.
 *
 * @example
 * authorize: anyOf(bearerTokens({ operator }), standardWebhooks({ migrators }))
 */
export function anyOf<Context = unknown>(
  ...authorizers: readonly Authorize<Context>[]
): Authorize<Context> {
  return async (asked) => {
    let answer: Authorization = "unauthenticated";
    for (const authorize of authorizers) {
      const found = await authorize(asked);
      if (typeof found === "object") return found;
      if (found === "forbidden") answer = found;
    }
    return answer;
  };
}

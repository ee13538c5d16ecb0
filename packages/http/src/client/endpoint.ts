import { LoomError } from "@loom/core";

/** Where a call goes, or why it may not go there. */
export type Endpoint = { readonly url: URL } | { readonly refusal: string };

/** Which endpoints of a migrator may be called. */
export type Endpoints = (base: string, path: string) => Endpoint;

/**
 * The rule of which URLs are called: http or https, no credentials, an allowed origin.
 *
 * @param allowedOrigins every origin when absent
 * @throws LoomError `invalid_configuration` when an entry is not an origin
 */
export function createEndpoints(allowedOrigins: readonly string[] | undefined): Endpoints {
  const allowed = allowedOrigins && new Set(allowedOrigins.map(originOf));
  return (base, path) => {
    const url = URL.parse(base);
    if (!url || !/^https?:$/.test(url.protocol)) return refuse("is not http or https");
    if (url.username || url.password) return refuse("carries credentials");
    if (allowed && !allowed.has(url.origin)) return refuse("is not at an allowed origin");
    url.pathname = url.pathname.replace(/\/*$/, path);
    url.hash = "";
    return { url };
  };
}

function refuse(why: string): Endpoint {
  return { refusal: `URL ${why}` };
}

function originOf(text: string): string {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`) return url.origin;
  throw new LoomError(
    "invalid_configuration",
    `allowedOrigins: ${JSON.stringify(text)} is not an origin such as https://charts.example.`,
  );
}

import type { Clock } from "@loom/core";
import type { ConnectionOptions } from "node:tls";
import type { LookupFunction } from "node:net";

/** How names become addresses: `dns.lookup`, or one of the same shape. */
export type Lookup = LookupFunction;

/** What a TLS connection to migrators is made with, besides the system's defaults. */
export type TlsOptions = Pick<
  ConnectionOptions,
  "ca" | "cert" | "key" | "passphrase" | "minVersion"
>;

/** How migrators are called. */
export interface MigratorClientOptions {
  /**
   * Where migrators may live, such as `https://charts.platform.example`; all else is refused. Recommended: a migrator's URL
   * is what its announcement says. Without it any http or https address but link-local and cloud metadata will do.
   */
  readonly allowedOrigins?: readonly string[];
  /** Milliseconds for one call, from the connection to the end of the answer. Default 30,000. */
  readonly timeoutMs?: number;
  /** Bytes of the answer to a dispatch that are read, of a refusal at most 64 KiB. Default 1 MiB. */
  readonly maxResponseBytes?: number;
  /** Bytes of a preview; a longer one is `migrator_bad_response`. Default 8 MiB. */
  readonly maxDryRunBytes?: number;
  /**
   * Signs every request by Standard Webhooks: base64 with or without `whsec_`, the current one first; while a rotation
   * lasts, a migrator that knows either accepts the request.
   */
  readonly secrets?: readonly string[];
  /** A private CA, or a client certificate. */
  readonly tls?: TlsOptions;
  /** How names are resolved. Default: `dns.lookup`. */
  readonly lookup?: Lookup;
  readonly clock?: Clock;
}

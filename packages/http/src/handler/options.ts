import type { Clock, Logger } from "@loom/core";
import { consoleLogger, LoomError, systemClock } from "@loom/core";
import { BODY_LIMITS } from "@loom/core/wire";
import { JSON_DEPTH } from "../json.ts";
import { positive } from "../positive.ts";
import type { Authorize } from "./authorize.ts";

/** What bounds a request. */
export interface HandlerLimits {
  /** Bytes of a body. Default 1 MiB. */
  readonly bodyBytes?: number;
  /** Bytes of a body that carries candidates: an announcement, a submission. Default 8 MiB. */
  readonly candidatesBytes?: number;
  /** How deep JSON may nest. Default 32. */
  readonly jsonDepth?: number;
  /** Seconds in which a body must have arrived. Default 30. */
  readonly bodySeconds?: number;
}

/** How the HTTP surface of a Loom is set up. Either `authorize` or `allowUnauthenticated` is needed. */
export type HandlerOptions<Context = unknown> = {
  /** The path that all routes lie below, such as `/loom`. Default: none. */
  readonly basePath?: string;
  readonly limits?: HandlerLimits;
  /** Where unexpected errors go. Default: the console. */
  readonly logger?: Logger;
  readonly clock?: Clock;
} & (
  | {
      /** Asked before anything is done on behalf of a caller; see {@link Authorize}. */
      readonly authorize: Authorize<Context>;
      readonly allowUnauthenticated?: never;
    }
  | {
      readonly authorize?: never;
      /** Whoever reaches the port may do everything: for one's own machine. */
      readonly allowUnauthenticated: true;
    }
);

/** The same with every default filled in. */
export interface Settings<Context> {
  readonly authorize: Authorize<Context> | undefined;
  readonly basePath: string;
  readonly limits: Required<HandlerLimits>;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** @throws LoomError `invalid_configuration` */
export function settingsOf<Context>(options: HandlerOptions<Context>): Settings<Context> {
  const { authorize, allowUnauthenticated } = options;
  if (!authorize && !allowUnauthenticated)
    throw misconfigured(
      "give authorize, which says who may do what; or write allowUnauthenticated: true, and everybody may do everything.",
    );
  if (authorize && allowUnauthenticated)
    throw misconfigured("authorize and allowUnauthenticated contradict each other: keep one.");
  return {
    authorize,
    basePath: normalBasePath(options.basePath ?? ""),
    limits: limitsOf(options.limits),
    logger: options.logger ?? consoleLogger,
    clock: options.clock ?? systemClock,
  };
}

function limitsOf(given: HandlerLimits = {}): Required<HandlerLimits> {
  const limit = (name: keyof HandlerLimits, usual: number) =>
    positive(`limits.${name}`, given[name] ?? usual);
  return {
    bodyBytes: limit("bodyBytes", BODY_LIMITS.default),
    candidatesBytes: limit("candidatesBytes", BODY_LIMITS.candidates),
    jsonDepth: limit("jsonDepth", JSON_DEPTH),
    bodySeconds: limit("bodySeconds", 30),
  };
}

function normalBasePath(basePath: string): string {
  const trimmed = basePath.replace(/\/+$/, "");
  if (trimmed === "" || /^\/[^?#]+$/.test(trimmed)) return trimmed;
  throw misconfigured('basePath must begin with a slash, such as "/loom".');
}

function misconfigured(message: string): LoomError {
  return new LoomError("invalid_configuration", `Loom's HTTP handler: ${message}`);
}

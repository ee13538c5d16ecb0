import { FORBIDDEN_ADDRESS } from "./connector.ts";
import { TIMED_OUT, TOO_LONG } from "./exchange.ts";

/** Why an exchange failed: which kind of failure, and the end of a sentence that begins with the migrator. */
export interface Failure {
  readonly kind: "forbidden" | "timeout" | "bad_response" | "unreachable";
  /** Names neither an address nor a secret. */
  readonly words: string;
}

const RESET = "closed the connection before it had answered";
const UNRESOLVED = "has a host name that does not resolve";
const SLOW_CONNECTION = "did not accept a connection in time";

const BY_CODE: Readonly<Record<string, Failure>> = {
  [FORBIDDEN_ADDRESS]: {
    kind: "forbidden",
    words: "is at a link-local or cloud metadata address, which is never called",
  },
  [TIMED_OUT]: { kind: "timeout", words: "did not answer in time" },
  [TOO_LONG]: { kind: "bad_response", words: "gave an answer that is too long" },
  UND_ERR_HEADERS_OVERFLOW: {
    kind: "bad_response",
    words: "gave an answer whose headers are too large",
  },
  ECONNREFUSED: { kind: "unreachable", words: "refused the connection" },
  ECONNRESET: { kind: "unreachable", words: RESET },
  EPIPE: { kind: "unreachable", words: RESET },
  UND_ERR_SOCKET: { kind: "unreachable", words: RESET },
  ENOTFOUND: { kind: "unreachable", words: UNRESOLVED },
  EAI_AGAIN: { kind: "unreachable", words: UNRESOLVED },
  ETIMEDOUT: { kind: "unreachable", words: SLOW_CONNECTION },
  UND_ERR_CONNECT_TIMEOUT: { kind: "unreachable", words: SLOW_CONNECTION },
};

/** Tells what an error of an exchange means. */
export function failureOf(error: unknown): Failure {
  const code = codeOf(error);
  const known = Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined;
  if (known) return known;
  if (error instanceof Error && error.name === "HTTPParserError")
    return { kind: "bad_response", words: "did not answer in HTTP" };
  if (/CERT|TLS|SSL/.test(code))
    return { kind: "unreachable", words: "could not be reached over TLS: check its certificate" };
  return { kind: "unreachable", words: "could not be reached" };
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "";
}

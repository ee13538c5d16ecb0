import type { CallOutcome, MigratorAddress, Migrators } from "@loom/core";
import { LoomError, systemClock } from "@loom/core";
import { Agent } from "undici";
import { positive } from "../positive.ts";
import type { Signatures } from "../signatures.ts";
import { createSignatures } from "../signatures.ts";
import { guardedConnector } from "./connector.ts";
import type { Endpoints } from "./endpoint.ts";
import { createEndpoints } from "./endpoint.ts";
import type { Answer, Bounds, Exchange } from "./exchange.ts";
import { exchange } from "./exchange.ts";
import type { MigratorClientOptions } from "./options.ts";
import type { Reading } from "./outcome.ts";
import { outcomeOf, outcomeOfFailure } from "./outcome.ts";
import { previewError, previewOf } from "./preview.ts";

const MIB = 1024 * 1024;
const TIMEOUT_MS = 30_000;
const CONNECT_MS = 10_000;

/**
 * Calls migrators over HTTP, one request per call, on connections of its own that are kept alive. Redirects are never
 * followed; link-local and cloud metadata addresses are never connected to, whatever a name resolves to; answers are bounded
 * in time and size.
 *
 * `close()` ends what is still under way: `loom.close()` calls it after it has waited for its own calls.
 *
 * @throws LoomError `invalid_configuration`
 */
export function createMigratorClient(options: MigratorClientOptions = {}): Required<Migrators> {
  const { clock = systemClock } = options;
  const timeoutMs = positive("timeoutMs", options.timeoutMs ?? TIMEOUT_MS);
  const maxResponseBytes = positive("maxResponseBytes", options.maxResponseBytes ?? MIB);
  const maxDryRunBytes = positive("maxDryRunBytes", options.maxDryRunBytes ?? 8 * MIB);
  const agent = createAgent(options);
  const bounds = { agent, clock, timeoutMs };
  const call = createCall(bounds, options);
  const deliver = async (path: string, to: MigratorAddress, request: { dispatchId: string }) => {
    const reading = { who: nameOf(to), clock, maxBytes: maxResponseBytes };
    return call(path, to, request, request.dispatchId, (answer) =>
      outcomeOf(answer, reading),
    ).catch((error: unknown): CallOutcome => outcomeOfCall(error, reading.who));
  };
  return {
    dispatchStep: (to, request) => deliver("/dispatch-step", to, request),
    compensateStep: (to, request) => deliver("/compensate-step", to, request),
    async dryRun(to, request) {
      const reading: Reading = { who: nameOf(to), clock, maxBytes: maxDryRunBytes };
      const read = (answer: Answer) => previewOf(answer, reading);
      const id = `dry-run:${crypto.randomUUID()}`;
      return call("/dry-run", to, request, id, read).catch((error: unknown) => {
        throw previewError(error, reading.who);
      });
    },
    close: () => agent.destroy(),
  };
}

function createAgent({ lookup, tls, timeoutMs = TIMEOUT_MS }: MigratorClientOptions): Agent {
  const connect = guardedConnector({
    ...(lookup && { lookup }),
    ...(tls && { tls }),
    timeoutMs: Math.min(timeoutMs, CONNECT_MS),
  });
  // Every call has one time limit for all of it.
  return new Agent({ connect, headersTimeout: 0, bodyTimeout: 0 });
}

type Call = <T>(
  path: string,
  to: MigratorAddress,
  request: object,
  id: string,
  read: (answer: Answer) => Promise<T>,
) => Promise<T>;

function createCall(bounds: Bounds, { allowedOrigins, secrets }: MigratorClientOptions): Call {
  const endpoints = createEndpoints(allowedOrigins);
  const signatures = secrets && createSignatures(secrets);
  return async (path, to, request, id, read) => {
    const url = endpointOf(endpoints, to, path);
    const body = JSON.stringify(request);
    const headers = await headersOf(signatures, id, body, bounds.clock.now());
    return exchange(bounds, { url, body, headers }, read);
  };
}

function endpointOf(endpoints: Endpoints, to: MigratorAddress, path: string): URL {
  const endpoint = endpoints(to.url, path);
  if ("url" in endpoint) return endpoint.url;
  throw new LoomError(
    "migrator_unreachable",
    `${nameOf(to)} cannot be called: its ${endpoint.refusal}.`,
  );
}

async function headersOf(
  signatures: Signatures | undefined,
  id: string,
  body: string,
  now: number,
): Promise<Exchange["headers"]> {
  const headers = {
    "content-type": "application/json",
    accept: "application/json",
    "user-agent": "loom",
  };
  if (!signatures) return headers;
  const timestamp = Math.floor(now / 1000);
  return {
    ...headers,
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": await signatures.sign({ id, timestamp, body }),
  };
}

/** A URL that may not be called is refused: no retry changes it. */
function outcomeOfCall(error: unknown, who: string): CallOutcome {
  if (LoomError.is(error)) return { type: "refused", error: error.message };
  return outcomeOfFailure(error, who);
}

function nameOf({ app }: MigratorAddress): string {
  return `The migrator ${app}`;
}

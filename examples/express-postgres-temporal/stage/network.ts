import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** A call of Loom to the migrator, as it passed. */
export interface Call {
  readonly dispatchId: string;
  readonly service: string;
  readonly step: string;
}

/** What lies between Loom and the migrator, so that we can see every call and be slow with answers. */
export interface Network {
  /** Where Loom finds the migrator. */
  readonly url: string;
  /** The calls that have passed, in order. */
  readonly calls: readonly Call[];
  /** The calls that the migrator has answered, while Loom still waits for the answer. */
  readonly held: readonly Call[];
  /** Says where the migrator really is. */
  connect(migratorUrl: string): void;
  /** Passes on no answer to such calls. */
  holdAnswers(toSuch: (call: Call) => boolean): void;
  /** Passes everything on again. */
  release(): void;
  close(): Promise<void>;
}

const PASSED = ["content-type", "webhook-id", "webhook-timestamp", "webhook-signature"];

export async function openNetwork(): Promise<Network> {
  const calls: Call[] = [];
  const held = new Map<Call, () => void>();
  let migratorUrl = "";
  let isSlow: (call: Call) => boolean = () => false;

  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await buffer(request);
    const call = callIn(body);
    calls.push(call);
    const answer = await forward(new URL(request.url ?? "/", migratorUrl), request, body);
    if (isSlow(call)) await slowly(call, response);
    response.writeHead(answer.status, { "content-type": "application/json" });
    response.end(await answer.text());
  };
  const slowly = (call: Call, response: ServerResponse): Promise<void> =>
    new Promise<void>((resume) => {
      held.set(call, resume);
      response.once("close", resume); // whoever waited is gone
    }).then(() => void held.delete(call));

  const server = createServer((request, response) => {
    pass(request, response).catch(() => response.writeHead(502).end());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    get held() {
      return [...held.keys()];
    },
    connect: (url) => void (migratorUrl = url),
    holdAnswers: (toSuch) => void (isSlow = toSuch),
    release() {
      isSlow = () => false;
      for (const resume of held.values()) resume();
    },
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function callIn(body: Buffer): Call {
  const { dispatchId, candidate, stepName } = JSON.parse(body.toString()) as {
    readonly dispatchId: string;
    readonly candidate: { readonly id: string };
    readonly stepName: string;
  };
  return { dispatchId, service: candidate.id, step: stepName };
}

/** The body is passed as it is, because it is signed. */
function forward(url: URL, { headers }: IncomingMessage, body: Buffer): Promise<Response> {
  const passed = new Headers();
  for (const name of PASSED) passed.set(name, String(headers[name]));
  return fetch(url, { method: "POST", headers: passed, body: new Uint8Array(body) });
}

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** Where a server listens. */
interface Server {
  readonly host: string;
  readonly port: number;
}

/** Stands between a client and its server, and can lose replies. */
export interface CuttingProxy {
  readonly host: string;
  readonly port: number;
  /** How many connections were cut. */
  readonly cuts: number;
  /** Lets requests through, and cuts the connection in place of a reply: the next one, or after some more. */
  cutReply(after?: number): void;
  /** Cuts every connection now. */
  cutAll(): void;
  /** Cuts every connection, and leads new ones to another server. */
  redirect(target: Server): void;
  close(): void;
}

/** Listens on the loopback interface, on a port of its own. */
export async function startCuttingProxy(first: Server): Promise<CuttingProxy> {
  let target = first;
  const host = "127.0.0.1";
  const sockets = new Set<Socket>();
  /** Replies that still pass; none is cut while it is infinite. */
  let passing = Infinity;
  let cuts = 0;

  const server = createServer((client) => {
    const upstream = connect(target.port, target.host);
    const end = () => [client, upstream].forEach((socket) => socket.destroy());
    for (const socket of [client, upstream]) {
      sockets.add(socket.setNoDelay(true));
      socket.once("close", end).on("error", end);
      socket.once("close", () => sockets.delete(socket));
    }
    client.on("data", (request) => upstream.write(request));
    upstream.on("data", (reply) => {
      if (passing-- > 0) return client.write(reply);
      passing = Infinity;
      cuts++;
      return end();
    });
  }).listen(0, host);
  await once(server, "listening");

  return {
    host,
    port: (server.address() as AddressInfo).port,
    get cuts() {
      return cuts;
    },
    cutReply(after = 0) {
      passing = after;
    },
    cutAll,
    redirect(next) {
      target = next;
      cutAll();
    },
    close() {
      server.close();
      cutAll();
    },
  };

  function cutAll(): void {
    for (const socket of sockets) socket.destroy();
  }
}

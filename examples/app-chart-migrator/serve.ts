import type { AddressInfo } from "node:net";
import { serve as bind } from "@hono/node-server";

/** A server that listens. */
export interface Served {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Serves a web-standard handler on a free port of this machine only. */
export async function serve(
  handler: (request: Request) => Response | Promise<Response>,
): Promise<Served> {
  return await new Promise((resolve) => {
    const options = {
      fetch: handler,
      hostname: "127.0.0.1",
      port: 0,
      overrideGlobalObjects: false,
    };
    const server = bind(options, ({ port }: AddressInfo) => {
      const close = async () => {
        await new Promise((closed) => {
          server.close(closed);
          if ("closeAllConnections" in server) server.closeAllConnections();
        });
      };
      resolve({ url: `http://127.0.0.1:${port}`, close });
    });
  });
}

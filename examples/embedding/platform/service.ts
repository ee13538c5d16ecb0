import type { Loom } from "@loom/core";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A service with Loom in it. */
export interface Service {
  /** Begins to serve on this machine. Gives the port, which is a free one when `port` is 0. */
  listen(port: number): Promise<number>;
  /** Answers what is under way, lets Loom finish what it has in flight, and ends. */
  close(): Promise<void>;
}

/** Puts a service together. */
export type CreateService = (loom: Loom) => Service;

/** The life of a service on a server of Node's. Loom opens when it can be reached, for migrators call back at once. */
export function serviceOn(server: Server, loom: Loom): Service {
  return {
    async listen(port) {
      await new Promise<void>((resolve, reject) => {
        server.once("error", reject).listen(port, "127.0.0.1", resolve);
      });
      await loom.open();
      return (server.address() as AddressInfo).port;
    },
    async close() {
      await new Promise((closed) => server.close(closed));
      await loom.close();
    },
  };
}

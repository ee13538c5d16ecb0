import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Migrator } from "../migrator.ts";
import { migratorNode } from "./listener.ts";

/** Where to listen. */
export interface ServeOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** Default `127.0.0.1`: only this machine. */
  readonly host?: string;
}

/** A server that listens. */
export interface ServedMigrator {
  /** Its address, without a trailing slash. */
  readonly url: string;
  /** Takes no new request, and resolves when those under way are answered. */
  close(): Promise<void>;
}

/**
 * Serves a migrator by `node:http`. Serve it before `migrator.open()`: Loom calls back at once.
 *
 * @example
 * const server = await serveMigrator(migrator, { port: 8080, host: "0.0.0.0" });
 * await migrator.open();
 */
export async function serveMigrator(
  migrator: Pick<Migrator, "handler">,
  { port = 0, host = "127.0.0.1" }: ServeOptions = {},
): Promise<ServedMigrator> {
  const server = createServer(migratorNode(migrator));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, host, resolve);
  });
  const { address, family, port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${family === "IPv6" ? `[${address}]` : address}:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}

import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import type { Logger } from "pino";
import { createApp } from "./app.ts";
import type { Config } from "./config.ts";
import { createPlatformLoom } from "./loom/loom.ts";
import { connect } from "./redis.ts";

/** The life of the service. */
export interface Service {
  /** Listens, and takes up what an instance that was killed has left. */
  open(): Promise<void>;
  /** Answers what is under way, lets Loom finish what it has in flight, and leaves Redis. */
  close(): Promise<void>;
}

/** The topic registry, which has Loom below `/loom`. Nothing happens before it is opened. */
export function createService(config: Config, logger: Logger): Service {
  const redis = connect(config, logger);
  const loom = createPlatformLoom(config, redis, logger);
  const app = createApp({ config, logger, redis, loom });
  const server = createAdaptorServer(app) as Server;
  return {
    async open() {
      server.listen(config.PORT, config.HOST);
      await once(server, "listening");
      const { address, port } = server.address() as AddressInfo;
      logger.info(`listening at http://${address}:${port}`);
      await loom.open();
    },
    async close() {
      await new Promise((closed) => server.close(closed));
      await loom.close();
      await redis.quit();
      logger.info("closed");
    },
  };
}

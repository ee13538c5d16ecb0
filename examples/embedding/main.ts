import { once } from "node:events";
import { createExpressService } from "./express.ts";
import { createFastifyService } from "./fastify.ts";
import { createHonoService } from "./hono.ts";
import { createNodeHttpService } from "./node-http.ts";
import { logger } from "./platform/logger.ts";
import { createPlatformLoom } from "./platform/loom.ts";
import type { CreateService } from "./platform/service.ts";

const services: Readonly<Record<string, CreateService>> = {
  "node-http": createNodeHttpService,
  express: createExpressService,
  fastify: createFastifyService,
  hono: createHonoService,
};

const [name = "", port = "3000"] = process.argv.slice(2);
const createService = Object.hasOwn(services, name) ? services[name] : undefined;
if (createService) await run(createService);
else {
  console.error(
    `Say which: node --conditions=@loom/source main.ts ${Object.keys(services).join("|")} [port]`,
  );
  process.exitCode = 2;
}

async function run(create: CreateService): Promise<void> {
  const publicUrl = `http://127.0.0.1:${port}/loom`;
  const service = create(createPlatformLoom(publicUrl));
  await service.listen(Number(port));
  logger.info({ publicUrl }, `${name} serves Loom`);
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  await service.close();
  logger.info({}, "closed");
}

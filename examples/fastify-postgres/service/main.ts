import { readConfig } from "./config.ts";
import { createService } from "./service.ts";

const config = readConfig(process.env);
const service = await createService(config);

let closing: Promise<void> | undefined;
// With everything closed nothing keeps the process, and it ends with code 0; a close that fails ends it with code 1.
for (const signal of ["SIGTERM", "SIGINT"] as const)
  process.on(signal, () => {
    service.log.info(`${signal}: closing`);
    closing ??= service.close();
  });

await service.listen({ host: config.HOST, port: config.PORT });

import { Redis } from "ioredis";
import { runDoomedProcess } from "../../../../test/stores/doomed-loom.ts";
import { createRedisStore } from "../../src/index.ts";

/** A process over a Redis that dies in the middle of what it does. */
const [url = "", prefix = "", ...life] = process.argv.slice(2);
await runDoomedProcess(createRedisStore({ redis: new Redis(url), prefix }), life);

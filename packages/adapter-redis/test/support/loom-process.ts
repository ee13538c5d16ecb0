import { Redis } from "ioredis";
import { runLoomProcess } from "../../../../test/stores/loom-process.ts";
import { createRedisStore } from "../../src/index.ts";

/** One of the processes of a deploy over one Redis. */
const [url = "", prefix = "", name = ""] = process.argv.slice(2);
await runLoomProcess(createRedisStore({ redis: new Redis(url), prefix }), name);

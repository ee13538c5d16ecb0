import { createEmbeddedPostgresStore } from "../src/embedded/index.ts";
import type { Survival } from "./embedded-deeds.ts";
import { countWorks } from "./embedded-works.ts";

/** Opens a store in a folder where there is none, and is killed in place of some work on the disk. */
const [dir = "", death] = process.argv.slice(2);
const worked = countWorks(Number(death));
const store = await createEmbeddedPostgresStore({ dir });
process.send?.({ works: worked() } satisfies Survival);
await store.close();

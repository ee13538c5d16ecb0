import { join } from "node:path";
import type { Driver } from "../src/database/database.ts";
import { createEmbeddedDriver } from "../src/embedded/driver.ts";
import { openEmbeddedDatabase } from "../src/embedded/embedded-database.ts";
import { storeOver } from "../src/postgres-store.ts";
import { type Death, type DeedName, DEEDS, M, type Survival } from "./embedded-deeds.ts";
import { countWorks, die } from "./embedded-works.ts";

/** Does a deed in the database of a folder, and is killed in it. */
const [dir = "", deed = "", moment = ""] = process.argv.slice(2);
const death = /^\d+$/.test(moment) ? Number(moment) : (moment as Death);
const database = await openEmbeddedDatabase(join(dir, "postgres"));
let isAtIt = false;
const store = storeOver(dying(createEmbeddedDriver(database)), "loom");
// The first call of a process looks at the schema, which is not what it is to die in.
if (deed !== "migrate") await store.getMigration(M);
const worked = countWorks(death);
isAtIt = true;
await DEEDS[deed as DeedName](store);
process.send?.({ works: worked() } satisfies Survival);

/** @returns a driver whose process dies at a moment that has a name */
function dying(driver: Driver): Driver {
  return {
    ...driver,
    async query(...given) {
      const rows = await driver.query(...given);
      if (isAtIt && death === "after the commit") die();
      return rows;
    },
    async transaction(work) {
      const answer = await driver.transaction(async (session) => {
        let queries = 0;
        const outcome = await work({
          async query(...given) {
            if (++queries === 3 && death === "in the middle") die();
            return session.query(...given);
          },
        });
        if (death === "before the commit") die();
        return outcome;
      });
      if (death === "after the commit") die();
      return answer;
    },
  };
}

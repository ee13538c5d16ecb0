import { LoomError } from "@loom/core";
import { loomOver } from "../../../test/stores/loom-process.ts";
import { createEmbeddedPostgresStore } from "../src/embedded/index.ts";
import { countWorks } from "./embedded-works.ts";

/** A step that a migrator has done. */
export interface Done {
  readonly callbackId: string;
  readonly stepName: string;
  readonly candidateId: string;
}
/** What the process tells: that it is open, that a report was taken, how many runs have come to their end. */
export type Told = "open" | { readonly taken: string } | { readonly completed: number };

/** A whole Loom over the folder of an embedded Postgres, which starts all runs and is killed in place of some work on the disk. */
const [dir = "", migratorUrl = "", candidates, death] = process.argv.slice(2);
const tell = (told: Told) => void process.send?.(told);
const store = await createEmbeddedPostgresStore({ dir });
countWorks(Number(death));
const loom = loomOver(store, "embedded");
await loom.open();
process.on("message", ({ callbackId, ...event }: Done) => {
  void loom
    .reportStep(callbackId, { ...event, success: true })
    .then(() => tell({ taken: callbackId }));
});
tell("open");

const ids = Array.from({ length: Number(candidates) }, (_, n) => ({ id: `c${n}` }));
const steps = ["bump", "approve", "release"].map((name) => ({ name }));
await loom.announce({ id: "m", name: "Move", steps, migratorUrl, candidates: ids });
for (const { id } of ids)
  await loom.start({ migrationId: "m", candidateId: id }).catch((error: unknown) => {
    if (!LoomError.is(error, "already_running") && !LoomError.is(error, "already_completed"))
      throw error;
  });
setInterval(() => {
  void loom.listMigrations().then(([each]) => tell({ completed: each?.counts.completed ?? 0 }));
}, 100);

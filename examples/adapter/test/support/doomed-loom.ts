// A Loom on a journal in a process of its own, for `journal-store.test.ts` to kill: it tells of the first dispatch, and answers
// it never.
import type { Migrators } from "@loom/core";
import { createLoom } from "@loom/core";
import { createLocalEngine } from "@loom/local";
import { createJournalStore } from "../../journal-store.ts";
import { GREETING, SECRETS } from "./greeting.ts";

const [, , file = ""] = process.argv;
const dispatchStep: Migrators["dispatchStep"] = (_, { callbackId, dispatchId }) => {
  process.send?.({ callbackId, dispatchId });
  return new Promise(() => undefined);
};
const migrators = {
  dispatchStep,
  compensateStep: dispatchStep,
  dryRun: async () => ({ steps: [] }),
};
const store = createJournalStore(file);
const loom = createLoom({ store, engine: createLocalEngine(), migrators, secrets: SECRETS });
await loom.open();
await loom.announce(GREETING);
await loom.start({ migrationId: "greetings", candidateId: "billing" });

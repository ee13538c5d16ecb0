import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeMigratorStore } from "@loom/testing/vitest";
import { fileMigratorStore, memoryMigratorStore } from "../src/index.ts";

describeMigratorStore("memory", {
  forgets: "it keeps everything in the memory of its process",
  setup: async () => ({ store: memoryMigratorStore(), teardown: async () => undefined }),
});

describeMigratorStore("file", {
  async setup() {
    const root = await mkdtemp(join(tmpdir(), "loom-migrator-"));
    const stores = [fileMigratorStore(join(root, "first"))];
    const [store] = stores as [ReturnType<typeof fileMigratorStore>];
    await store.open();
    return {
      store,
      // What is on the disk at that moment is all that a process has that starts after a kill.
      async reopen() {
        const copy = join(root, `copy-${stores.length}`);
        await cp(join(root, "first"), copy, { recursive: true });
        await rm(join(copy, "lock.1"));
        const again = fileMigratorStore(copy);
        stores.push(again);
        await again.open();
        return again;
      },
      async teardown() {
        for (const one of stores) await one.close();
        await rm(root, { recursive: true });
      },
    };
  },
});

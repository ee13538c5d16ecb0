import type { MigratorStore } from "./port.ts";
import { emptyState } from "./state/state.ts";
import { createStateStore } from "./state/store.ts";

/**
 * Keeps everything in memory: for tests, and for work that may be forgotten at a restart.
 *
 * @param options `shared`: two migrators of this process are to use it at once; then leases expire
 */
export function memoryMigratorStore(options: { readonly shared?: boolean } = {}): MigratorStore {
  return {
    ...createStateStore(emptyState(), async () => undefined),
    shared: options.shared ?? false,
    open: async () => undefined,
    close: async () => undefined,
  };
}

import type { CandidateCounts, MigrationStore, Registration, RegistrationResult } from "@loom/core";
import { createCandidateIndex } from "./candidate-index.ts";
import { recordHistory } from "./history.ts";
import { snapshot } from "./snapshot.ts";
import type { MemoryState, Shelf } from "./state.ts";

type Methods = Pick<
  MigrationStore,
  "register" | "getMigration" | "listMigrations" | "countCandidates" | "findMigrator"
>;

const NONE: CandidateCounts = createCandidateIndex().counts();

export function createMigrations(state: MemoryState): Methods {
  return {
    async register(registration) {
      const taken = takenBy(state, registration);
      return taken ? { taken } : { registered: put(state, registration) };
    },
    async getMigration(migrationId) {
      return state.shelves.get(migrationId)?.migration ?? null;
    },
    async listMigrations() {
      return shelvesInOrder(state).map(({ migration, index }) =>
        snapshot({ ...migration, counts: index.counts() }),
      );
    },
    async countCandidates(migrationId) {
      return state.shelves.get(migrationId)?.index.counts() ?? { ...NONE };
    },
    async findMigrator(app) {
      return state.apps.get(app)?.address ?? null;
    },
  };
}

/** Every migration by its id. */
function shelvesInOrder(state: MemoryState): readonly Shelf[] {
  return [...state.shelfIds.after()].flatMap((id) => state.shelves.get(id) ?? []);
}

function takenBy(
  state: MemoryState,
  { migration, owner }: Registration,
): Extract<RegistrationResult, { taken: unknown }>["taken"] | undefined {
  if ((state.shelves.get(migration.id)?.owner ?? owner) !== owner) return "migration";
  return (state.apps.get(migration.migratorApp)?.owner ?? owner) !== owner ? "app" : undefined;
}

function put(state: MemoryState, { migration, owner, history }: Registration): Shelf["migration"] {
  const known = state.shelves.get(migration.id);
  const createdAt = known?.migration.createdAt ?? migration.createdAt;
  const registered = snapshot({ ...migration, createdAt });
  if (known) known.migration = registered;
  else addShelf(state, newShelf(registered, owner));
  const { migratorApp: app, migratorUrl: url } = registered;
  state.apps.set(app, { owner, address: snapshot({ app, url }) });
  recordHistory(state, registered.id, history);
  return registered;
}

function addShelf(state: MemoryState, shelf: Shelf): void {
  state.shelves.set(shelf.migration.id, shelf);
  state.shelfIds.add(shelf.migration.id);
}

function newShelf(migration: Shelf["migration"], owner: string): Shelf {
  return {
    migration,
    owner,
    candidates: new Map(),
    index: createCandidateIndex(),
    attempts: new Map(),
    submissions: 0,
    discoveries: new Map(),
    cancelled: [],
  };
}

import type { LeaseRequest, OutboxEntry, StoredRunStore } from "@loom/core";
import type { Commands } from "../client/client.ts";
import type { Keys } from "../client/keys.ts";
import type { Registry } from "../registry.ts";
import { type MigrationOutbox, outboxOf } from "./outbox.ts";

type Methods = Pick<StoredRunStore, "leaseDue" | "renewLeases" | "releaseLeases" | "nextDueAt">;

/**
 * The outboxes of all migrations as one. Each is in its migration's slot, so that a commit can write to it; what is asked of
 * all of them is asked of each.
 */
export function createLeases(commands: Commands, keys: Keys, registry: Registry): Methods {
  const open = (migrationId: string) => outboxOf(commands, keys.of(migrationId));
  const ofEach = async <T>(ask: (outbox: MigrationOutbox, id: string) => Promise<T>) =>
    Promise.all((await registry.all()).map((id) => ask(open(id), id)));

  // The migrations that were there at the last look are asked while it is seen whether there are more.
  const peek = async (request: Pick<LeaseRequest, "now" | "limit">): Promise<readonly Due[]> => {
    const { known } = registry;
    const ask = (ids: readonly string[]) =>
      Promise.all(ids.map((id) => dueIn(open(id), id, request)));
    const [all, first] = await Promise.all([registry.all(), ask(known)]);
    const rest = await ask(all.filter((id) => !known.includes(id)));
    return [...first, ...rest].flat();
  };

  return {
    async leaseDue(request) {
      const taken: OutboxEntry[] = [];
      for (let limit = request.limit; limit > 0; limit = request.limit - taken.length) {
        const shares = sharesOf(await peek({ now: request.now, limit }), limit);
        const parts = [...shares].map(([id, share]) =>
          open(id).lease({ ...request, limit: share }),
        );
        const entries = (await Promise.all(parts)).flat();
        taken.push(...entries.toSorted((a, b) => a.dueAt - b.dueAt));
        // Less than was due: others lease at this moment, and there may be more for both.
        if (entries.length === 0 || entries.length === limit) break;
      }
      return taken;
    },
    async renewLeases({ owner, ids, now, leaseMs }) {
      await ofEach((outbox) => outbox.hold(owner, ids, now + leaseMs));
    },
    async releaseLeases({ owner, ids }) {
      await ofEach((outbox) => outbox.hold(owner, ids));
    },
    async nextDueAt() {
      const moments = (await ofEach((outbox) => outbox.next())).filter((at) => at !== null);
      return moments.length === 0 ? null : Math.min(...moments);
    },
  };
}

/** That an entry of a migration is due, and since when. */
interface Due {
  readonly migrationId: string;
  readonly since: number;
}

async function dueIn(
  outbox: MigrationOutbox,
  migrationId: string,
  request: Pick<LeaseRequest, "now" | "limit">,
): Promise<readonly Due[]> {
  return (await outbox.peek(request)).map((since) => ({ migrationId, since }));
}

/** How many of the longest due entries each migration has. */
function sharesOf(due: readonly Due[], limit: number): ReadonlyMap<string, number> {
  const shares = new Map<string, number>();
  for (const { migrationId } of due.toSorted((a, b) => a.since - b.since).slice(0, limit))
    shares.set(migrationId, (shares.get(migrationId) ?? 0) + 1);
  return shares;
}

import type { LeaseRequest, OutboxEntry, RunCommit, StoredRunStore } from "@loom/core";
import { createHeap, type HeapNode } from "./heap.ts";
import { snapshot } from "./snapshot.ts";

/** Entries by the moment from which they can be leased: when due or, while leased, when the lease expires. */
export interface Outbox {
  /** Takes the changes that a commit makes to the entries of its run. */
  apply(commit: Pick<RunCommit, "add" | "remove" | "postpone" | "hasten">): void;
  /** Drops all entries of a run's attempt. */
  clear(run: string): void;
  lease(request: LeaseRequest): readonly OutboxEntry[];
  renew(request: Parameters<StoredRunStore["renewLeases"]>[0]): void;
  release(request: Parameters<StoredRunStore["releaseLeases"]>[0]): void;
  nextAt(): number | null;
}

interface Node extends HeapNode {
  entry: OutboxEntry;
  lease?: { readonly owner: string; readonly until: number } | undefined;
}

/** Before every moment: the due time of an entry that was hastened. */
const AT_ONCE = 0;

export function createOutbox(): Outbox {
  const nodes = new Map<string, Node>();
  const runs = new Map<string, Set<string>>();
  const heap = createHeap<Node>();
  let order = 0;

  const add = (entry: OutboxEntry) => {
    if (nodes.has(entry.id)) return;
    const node = { entry: snapshot(entry), key: entry.dueAt, order: order++, slot: 0 };
    nodes.set(entry.id, node);
    heap.insert(node);
    const run = runKey(entry);
    runs.set(run, (runs.get(run) ?? new Set()).add(entry.id));
  };

  const remove = (id: string) => {
    const node = nodes.get(id);
    if (!node) return;
    nodes.delete(id);
    heap.remove(node);
    const run = runKey(node.entry);
    const ids = runs.get(run);
    ids?.delete(id);
    if (ids?.size === 0) runs.delete(run);
  };

  const change = (id: string, what: Partial<Pick<Node, "entry" | "lease">>) => {
    const node = nodes.get(id);
    if (!node) return;
    Object.assign(node, what);
    node.key = Math.max(node.entry.dueAt, node.lease?.until ?? node.entry.dueAt);
    heap.move(node);
  };

  const revise = (id: string, what: Partial<OutboxEntry>, lease: Partial<Pick<Node, "lease">>) => {
    const entry = nodes.get(id)?.entry;
    if (entry) change(id, { entry: snapshot({ ...entry, ...what }), ...lease });
  };

  const held = (owner: string, ids: readonly string[]) =>
    ids.filter((id) => nodes.get(id)?.lease?.owner === owner);

  return {
    apply(commit) {
      for (const id of commit.remove) remove(id);
      for (const { id, dueAt, tries } of commit.postpone)
        revise(id, { dueAt, tries }, { lease: undefined });
      for (const id of commit.hasten) revise(id, { dueAt: AT_ONCE }, {});
      for (const entry of commit.add) add(entry);
    },
    clear(run) {
      for (const id of runs.get(run) ?? []) remove(id);
    },
    lease({ owner, now, leaseMs, limit }) {
      const taken: OutboxEntry[] = [];
      for (let node = heap.first(); node && taken.length < limit && node.key <= now; ) {
        taken.push(node.entry);
        change(node.entry.id, { lease: { owner, until: now + leaseMs } });
        node = heap.first();
      }
      return taken;
    },
    renew({ owner, ids, now, leaseMs }) {
      for (const id of held(owner, ids)) change(id, { lease: { owner, until: now + leaseMs } });
    },
    release({ owner, ids }) {
      for (const id of held(owner, ids)) change(id, { lease: undefined });
    },
    nextAt: () => heap.first()?.key ?? null,
  };
}

/** Names one attempt of a run. */
export function runKey({ runId, attempt }: { runId: string; attempt: number }): string {
  return `${attempt} ${runId}`;
}

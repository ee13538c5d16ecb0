import { byCodePoint } from "@loom/core";

/** A set of ids that can be read in order of code points from any point. Changes are cheap; the order is brought up to date when read. */
export interface SortedIds {
  readonly size: number;
  add(id: string): void;
  delete(id: string): void;
  /** The ids that come after this one, in order; all of them when it is absent. */
  after(id?: string): Iterable<string>;
}

export function createSortedIds(): SortedIds {
  const members = new Set<string>();
  const added = new Set<string>();
  let sorted: readonly string[] = [];
  let outdated = false;

  const current = () => {
    if (outdated) sorted = merge(sorted, [...added].toSorted(byCodePoint), members);
    added.clear();
    outdated = false;
    return sorted;
  };

  return {
    get size() {
      return members.size;
    },
    add(id) {
      if (members.has(id)) return;
      members.add(id);
      added.add(id);
      outdated = true;
    },
    delete(id) {
      if (!members.delete(id)) return;
      added.delete(id);
      outdated = true;
    },
    after(id) {
      const ids = current();
      return slice(ids, id === undefined ? 0 : positionAfter(ids, id));
    },
  };
}

/** Two sorted lists as one, without what is no member; an id in both is taken once. */
function merge(
  old: readonly string[],
  added: readonly string[],
  members: ReadonlySet<string>,
): string[] {
  const merged: string[] = [];
  let next = 0;
  for (const id of old) {
    for (
      let other = added[next];
      other !== undefined && byCodePoint(other, id) < 0;
      other = added[++next]
    )
      merged.push(other);
    if (added[next] === id) next++;
    if (members.has(id)) merged.push(id);
  }
  return merged.concat(added.slice(next));
}

function positionAfter(ids: readonly string[], id: string): number {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (byCodePoint(ids[middle] ?? "", id) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function* slice(ids: readonly string[], from: number): Iterable<string> {
  for (let at = from; at < ids.length; at++) yield ids[at] ?? "";
}

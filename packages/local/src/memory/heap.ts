/** Something that waits in a {@link Heap}. `slot` belongs to the heap. */
export interface HeapNode {
  /** What it waits for: the least comes first. */
  key: number;
  /** Which of two equal keys comes first. */
  readonly order: number;
  slot: number;
}

/** A binary heap whose nodes know their place, so that any of them can move or leave at the cost of the first. */
export interface Heap<Node extends HeapNode> {
  first(): Node | undefined;
  insert(node: Node): void;
  /** Takes the node to where its key, just changed, belongs. */
  move(node: Node): void;
  remove(node: Node): void;
}

export function createHeap<Node extends HeapNode>(): Heap<Node> {
  const nodes: Node[] = [];

  const put = (node: Node, slot: number) => {
    nodes[slot] = node;
    node.slot = slot;
  };

  const raise = (node: Node) => {
    for (let parent = parentOf(nodes, node); parent && isBefore(node, parent); ) {
      const { slot } = parent;
      put(parent, node.slot);
      put(node, slot);
      parent = parentOf(nodes, node);
    }
  };

  const sink = (node: Node) => {
    for (let child = leastChild(nodes, node); child && isBefore(child, node); ) {
      const { slot } = child;
      put(child, node.slot);
      put(node, slot);
      child = leastChild(nodes, node);
    }
  };

  const move = (node: Node) => {
    raise(node);
    sink(node);
  };

  return {
    first: () => nodes[0],
    insert(node) {
      put(node, nodes.length);
      raise(node);
    },
    move,
    remove(node) {
      const last = nodes.pop();
      if (!last || last === node) return;
      put(last, node.slot);
      move(last);
    },
  };
}

function isBefore(a: HeapNode, b: HeapNode): boolean {
  return a.key < b.key || (a.key === b.key && a.order < b.order);
}

function parentOf<Node extends HeapNode>(nodes: readonly Node[], { slot }: Node): Node | undefined {
  return slot > 0 ? nodes[(slot - 1) >>> 1] : undefined;
}

function leastChild<Node extends HeapNode>(
  nodes: readonly Node[],
  { slot }: Node,
): Node | undefined {
  const left = nodes[2 * slot + 1];
  const right = nodes[2 * slot + 2];
  return left && right && isBefore(right, left) ? right : left;
}

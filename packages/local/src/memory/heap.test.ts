import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createHeap, type HeapNode } from "./heap.ts";

const deed = fc.record({
  what: fc.constantFrom("insert", "move", "remove", "take"),
  which: fc.nat(50),
  key: fc.nat(20),
});

test("a heap gives the least of what it holds, whatever is moved or removed", () => {
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 200 }), (deeds) => {
      const heap = createHeap<HeapNode>();
      const model: HeapNode[] = [];
      for (const [order, { what, which, key }] of deeds.entries()) {
        const node = what === "take" ? heap.first() : model[which % Math.max(1, model.length)];
        if (what === "insert") {
          const added = { key, order, slot: 0 };
          heap.insert(added);
          model.push(added);
        } else if (node && what === "move") {
          node.key = key;
          heap.move(node);
        } else if (node) {
          heap.remove(node);
          model.splice(model.indexOf(node), 1);
        }
        expect(heap.first()).toBe(model.toSorted((a, b) => a.key - b.key || a.order - b.order)[0]);
      }
    }),
  );
});

import type { Topic } from "../service/topics/topics.ts";

/** The topics of an event bus, as they are before the demo. */
export const BUS: readonly Topic[] = [
  topic("audit-log", []),
  topic("eu:payments", ["ledger"]),
  topic("shop/carts", ["checkout", "mails"]),
  topic("shop/orders", ["billing", "shipping", "search"]),
  topic("users", ["mails", "search"]),
];

/** As many topics, each with two consumers. */
export function busOf(count: number): readonly Topic[] {
  return Array.from({ length: count }, (_, at) =>
    topic(`team/topic:${at + 1}`, [`reader-${at + 1}`, "search"]),
  );
}

function topic(name: string, consumers: readonly string[]): Topic {
  const definition = { owner: `team ${name.length}`, partitions: 6, retentionHours: 72 };
  return { name, definition: `${JSON.stringify(definition, undefined, 2)}\n`, consumers };
}

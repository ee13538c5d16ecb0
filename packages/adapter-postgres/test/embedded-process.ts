import { changeOf, fill } from "../../../test/stores/builders.ts";
import { createEmbeddedPostgresStore } from "../src/embedded/index.ts";

/** Queues candidates one after another and tells of each that was acknowledged, until it is killed. */
const [dir = "", round = ""] = process.argv.slice(2);
const store = await createEmbeddedPostgresStore({ dir });
const ids = Array.from({ length: 10_000 }, (_, n) => `${round}-${n}`);
await fill(
  store,
  `m${round}`,
  ids.map((id) => ({ id })),
);
const [none, queued] = [
  { status: "not_started", attempt: 0 },
  { status: "queued", attempt: 1 },
] as const;
for (const id of ids) {
  await store.changeStatus(changeOf(`m${round}`, id, [none, queued]));
  process.send?.(id);
}

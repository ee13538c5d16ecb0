import type { Fact } from "../../../test/stage/proof.ts";
import { manifestOf, OLD_NODE } from "./fleet.ts";
import type { Operator } from "./operator.ts";
import type { Stage } from "./stage.ts";

/** Who has a part in the story. */
export interface Plot {
  readonly names: readonly string[];
  readonly previewed: string;
  readonly cancelled: string;
}

/** Holds the service's own tables, which Loom knows nothing of, against what should have come of the migration. */
export async function prove(stage: Stage, plot: Plot, operator: Operator): Promise<Fact[]> {
  const { names, cancelled } = plot;
  const others = names.filter((name) => name !== cancelled);
  const rows = async <T>(sql: string) => (await stage.pool.query<T & object>(sql)).rows as T[];
  const services = await rows<Row>("select name, manifest from catalogue.services order by name");
  const manifests = new Map(services.map(({ name, manifest }) => [name, manifest]));
  const changes = await operator.changes();
  const asked = await rows<{ asked: number }>(
    "select count(*)::int asked from catalogue.audit where action = 'change.propose' group by subject",
  );
  const { cancelledAttempts } = await operator.migration();
  const tries = await Promise.all(others.map((name) => operator.steps(name)));
  return [
    {
      claim: `${others.length} services run on Node 24, and nothing else of their manifests has changed`,
      expected: others.map((name) => manifestOf(name, "24", "24")),
      found: others.map((name) => manifests.get(name)),
    },
    {
      claim: `${cancelled} is, byte for byte, what it was`,
      expected: manifestOf(cancelled, OLD_NODE, OLD_NODE),
      found: manifests.get(cancelled),
    },
    {
      claim: "each change was asked for once, though the service was killed and replaced meanwhile",
      expected: Array.from({ length: 2 * others.length + 1 }, () => 1),
      found: asked.map((row) => row.asked),
    },
    {
      claim: "every change was merged, but for the one that was taken back",
      expected: { merged: 2 * others.length, reverted: [cancelled] },
      found: {
        merged: changes.filter(({ state }) => state === "merged").length,
        reverted: changes.flatMap((it) => (it.state === "reverted" ? [it.service] : [])),
      },
    },
    {
      claim: "each step was done at the first try, but for the one that failed",
      expected: 1,
      found: tries.flatMap(({ steps }) => steps).filter(({ stepAttempt }) => stepAttempt > 1)
        .length,
    },
    {
      claim: "who cancelled what, and why, is written down",
      expected: [[cancelled, "olivia@acme.example", "its canary instances crash"]],
      found: cancelledAttempts.map((it) => [it.candidateId, it.cancelledBy, it.reason]),
    },
  ];
}

interface Row {
  readonly name: string;
  readonly manifest: string;
}

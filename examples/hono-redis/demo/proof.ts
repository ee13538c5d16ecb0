import type { Fact } from "../../../test/stage/proof.ts";
import type { Topic } from "../service/topics/topics.ts";
import type { Operator } from "./operator.ts";
import type { Stage } from "./stage.ts";

/** Who has a part in the story. */
export interface Plot {
  readonly bus: readonly Topic[];
  readonly previewed: string;
  readonly cancelled: string;
  /** The one that gets another consumer when all seemed to have moved. */
  readonly late: string;
}

/** Holds the service's own keys, which Loom knows nothing of, against what should have come of the migration. */
export async function prove(stage: Stage, plot: Plot, operator: Operator): Promise<Fact[]> {
  const { bus, cancelled } = plot;
  const others = bus.filter(({ name }) => name !== cancelled);
  const topics = await operator.topics();
  const steps = await Promise.all(others.map(({ name }) => operator.steps(name)));
  const { cancelledAttempts } = await operator.migration();
  return [
    {
      claim: `${others.length} topics have their new name, with every byte of their definition and every consumer; the old ones are gone`,
      expected: expectedTopics(plot),
      found: topics.filter(({ name }) => name !== cancelled),
    },
    {
      claim: `${cancelled} is what it was`,
      expected: bus.filter(({ name }) => name === cancelled),
      found: topics.filter(({ name }) => name === cancelled),
    },
    {
      claim: "each topic was made once, though the service was killed and replaced meanwhile",
      expected: bus.map(({ name }) => `${name}.v2`).toSorted(),
      found: (await auditOf(stage, "topic.create")).toSorted(),
    },
    {
      claim: "each step was done at the first try, but for the one that failed",
      expected: ["retire"],
      found: steps
        .flatMap((run) => run.steps)
        .flatMap(({ stepName, stepAttempt }) => (stepAttempt > 1 ? [stepName] : [])),
    },
    {
      claim: "who cancelled what, and why, is written down",
      expected: [[cancelled, "olivia@acme.example", "its writers cannot move yet"]],
      found: cancelledAttempts.map((it) => [it.candidateId, it.cancelledBy, it.reason]),
    },
  ];
}

function expectedTopics({ bus, cancelled, late }: Plot): readonly Topic[] {
  return bus
    .filter(({ name }) => name !== cancelled)
    .map(({ name, definition, consumers }) => ({
      name: `${name}.v2`,
      definition,
      consumers: [...consumers, ...(name === late ? ["reports"] : [])].toSorted(),
    }));
}

/** What was asked for, by the registry's own audit. */
async function auditOf({ redis }: Stage, wanted: string): Promise<string[]> {
  const lines = await redis.lrange("audit", 0, -1);
  return lines
    .map((line) => JSON.parse(line) as { action: string; subject: string })
    .flatMap(({ action, subject }) => (action === wanted ? [subject] : []));
}

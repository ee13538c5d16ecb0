import {
  createOperator as createLoomOperator,
  type Operator as LoomOperator,
} from "../../../test/stage/operator.ts";
import type { Person } from "../../../test/stage/person.ts";
import type { Topic } from "../service/topics/topics.ts";

/** What an operator, and the teams, do by HTTP during the migration. */
export interface Operator extends LoomOperator {
  topics(): Promise<readonly Topic[]>;
  subscribe(consumer: string, topic: string): Promise<void>;
  /** Moves all consumers of these topics to the new ones, as their teams do. @returns how many there were */
  move(topics: readonly string[], version: string): Promise<number>;
}

export function createOperator(person: Person): Operator {
  const topic = (name: string) => `/topics/${encodeURIComponent(name)}`;
  const topics = async () => (await person.get<{ topics: Topic[] }>("/topics")).topics;
  return {
    ...createLoomOperator(person, "topic-rename", "approve"),
    topics,
    subscribe: (consumer, name) => person.send("PUT", `${topic(name)}/consumers/${consumer}`),
    async move(names, version) {
      const moves = (await topics())
        .filter(({ name }) => names.includes(name))
        .flatMap(({ name, consumers }) => consumers.map((consumer) => ({ name, consumer })));
      for (const { name, consumer } of moves)
        await person.send("POST", `${topic(name)}/consumers/${consumer}/move`, {
          to: `${name}.${version}`,
        });
      return moves.length;
    },
  };
}

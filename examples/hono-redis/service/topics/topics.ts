import { HTTPException } from "hono/http-exception";
import type { Redis } from "ioredis";

/** A topic of the company's event bus, as its owner defined it. */
export interface Topic {
  readonly name: string;
  /** JSON, kept as it was written. */
  readonly definition: string;
  /** Who reads it, by name. */
  readonly consumers: readonly string[];
}

/** The topics that there are. */
export interface Topics {
  list(): Promise<readonly Topic[]>;
  find(name: string): Promise<Topic | undefined>;
  /** The same definition again is no conflict. @throws HTTPException 409 when there is another one */
  create(name: string, definition: string): Promise<void>;
  /** One that is gone already is no conflict. @throws HTTPException 409 while it has consumers */
  remove(name: string): Promise<void>;
  subscribe(consumer: string, name: string): Promise<void>;
  /** @returns how many consumers are left behind. @throws HTTPException 404 when it does not read `from` */
  move(consumer: string, from: string, to: string): Promise<number>;
}

const NAMES = "topics";
const definitionOf = (name: string) => `topic:${name}`;
const consumersOf = (name: string) => `consumers:${name}`;

/** All or nothing: nobody subscribes in between. */
const REMOVE = `
  if redis.call('scard', KEYS[2]) > 0 then return 0 end
  redis.call('del', KEYS[1])
  redis.call('srem', KEYS[3], ARGV[1])
  return 1`;

export function createTopics(redis: Redis): Topics {
  const find: Topics["find"] = async (name) => {
    const definition = await redis.get(definitionOf(name));
    if (definition === null) return undefined;
    return { name, definition, consumers: (await redis.smembers(consumersOf(name))).toSorted() };
  };
  return {
    find,
    async list() {
      const names = (await redis.smembers(NAMES)).toSorted();
      return (await Promise.all(names.map(find))).filter((topic) => topic !== undefined);
    },
    async create(name, definition) {
      const isNew = await redis.set(definitionOf(name), definition, "NX");
      if (isNew === null && (await redis.get(definitionOf(name))) !== definition)
        throw new HTTPException(409, { message: "There is another topic of this name." });
      await redis.sadd(NAMES, name);
    },
    async remove(name) {
      const keys = [definitionOf(name), consumersOf(name), NAMES];
      if ((await redis.eval(REMOVE, keys.length, ...keys, name)) !== 1)
        throw new HTTPException(409, { message: "The topic has consumers." });
    },
    async subscribe(consumer, name) {
      await redis.sadd(consumersOf(name), consumer);
    },
    async move(consumer, from, to) {
      const isMoved = await redis.smove(consumersOf(from), consumersOf(to), consumer);
      if (isMoved === 0) throw new HTTPException(404, { message: "It does not read this topic." });
      return redis.scard(consumersOf(from));
    },
  };
}

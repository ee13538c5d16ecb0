import type { Redis } from "ioredis";

/** A client that loses its server for good after some requests; the first look of a store is not counted. */
export function breaking(redis: Redis, after: number): Redis {
  let left = after;
  return new Proxy(redis, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function" || !/^loom\.(?!look)/.test(String(name))) return member;
      return (...args: unknown[]) => {
        if (left-- <= 0) return Promise.reject(new Error("Connection is closed."));
        return Reflect.apply(member, target, args);
      };
    },
  });
}

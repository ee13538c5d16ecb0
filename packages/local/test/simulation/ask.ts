import { LoomError } from "@loom/core";
import { type RouteId, routes } from "@loom/core/wire";
import type { LoomProcess, World } from "./world.ts";

/** What a client of Loom learns: an answer, an error, or nothing. */
export type Learnt<T> =
  | { readonly type: "answered"; readonly value: T }
  | { readonly type: "failed"; readonly error: LoomError }
  | { readonly type: "lost" };

const CLIENT_PATIENCE_MS = 20_000;

/** Asks a process for something over a network that loses messages. An error that the contract does not name breaks a law. */
export async function ask<T>(
  world: World,
  process: LoomProcess,
  route: RouteId,
  call: () => Promise<T>,
): Promise<Learnt<T>> {
  const { timeline, faults } = world;
  await timeline.sleep(faults.networkLag());
  if (!process.isAlive || faults.isMessageLost()) return { type: "lost" };
  const learnt = await orPatience(world, learn(world, route, call));
  await timeline.sleep(faults.networkLag());
  return faults.isMessageLost() ? { type: "lost" } : learnt;
}

async function learn<T>(
  { trace }: World,
  route: RouteId,
  call: () => Promise<T>,
): Promise<Learnt<T>> {
  try {
    return { type: "answered", value: await call() };
  } catch (error) {
    const declared = routes.find(({ id }) => id === route)?.errors ?? [];
    const isDeclared = LoomError.is(error, ...declared) && error.code !== "internal_error";
    if (!isDeclared) trace.violate(`${route} failed with ${describe(error)}`);
    return { type: "failed", error: error as LoomError };
  }
}

function describe(error: unknown): string {
  return LoomError.is(error) ? `${error.code}: ${error.message}` : String(error);
}

function orPatience<T>({ timeline }: World, learnt: Promise<Learnt<T>>): Promise<Learnt<T>> {
  return new Promise((resolve) => {
    const giveUp = timeline.after(CLIENT_PATIENCE_MS, () => resolve({ type: "lost" }));
    void learnt.finally(giveUp).then(resolve);
  });
}

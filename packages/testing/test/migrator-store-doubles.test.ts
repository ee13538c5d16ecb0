import type { MigratorStore, OutboxEvent } from "@loom/migrator-sdk";
import { memoryMigratorStore } from "@loom/migrator-sdk";
import { describe, expect, test } from "vitest";
import { describeMigratorStore } from "../src/index.ts";
import { failuresOf } from "./collect.ts";

/** The parts of a store that differ from a right one. */
type Fault = (right: MigratorStore) => {
  readonly [Part in "inbox" | "waits" | "outbox"]?: Partial<MigratorStore[Part]>;
} & Partial<Pick<MigratorStore, "forget" | "nextDueAt">>;

/** Faults by what the store does wrong, each with the title of a law that must catch it. */
const FAULTS: Readonly<Record<string, readonly [law: string, fault: Fault]>> = {
  "takes every call as new": [
    "takes a call once, whether it is at work or worked off",
    ({ inbox }) => ({
      inbox: {
        async add(entry) {
          await inbox.add(entry);
          return true;
        },
      },
    }),
  ],
  "forgets a call that is worked off": [
    "takes a call once, whether it is at work or worked off",
    (right) => ({
      inbox: {
        async finish(result) {
          const taken = await right.inbox.finish(result);
          await right.forget({ overBefore: Infinity, keptBefore: 0 });
          return taken;
        },
      },
    }),
  ],
  "gives leased work to anybody": [
    "never lets two owners have a run at once, until the lease runs out",
    ({ inbox }) => ({ inbox: { lease: (request) => inbox.lease({ ...request, leaseMs: 0 }) } }),
  ],
  "holds leases for ever": [
    "never lets two owners have a run at once, until the lease runs out",
    ({ inbox }) => ({ inbox: { lease: (request) => inbox.lease({ ...request, leaseMs: 1e12 }) } }),
  ],
  "ignores the limit": [
    "keeps to the limit, and gives the oldest first",
    ({ inbox }) => ({ inbox: { lease: (request) => inbox.lease({ ...request, limit: 1e6 }) } }),
  ],
  "says that every lease is still held": [
    "prolongs the leases of their owner, and tells which calls are still its own",
    ({ inbox }) => ({
      inbox: {
        async renew(request) {
          await inbox.renew(request);
          return request.ids;
        },
      },
    }),
  ],
  "prolongs no lease of a call that is over": [
    "keeps a run for the owner of an earlier call that is over, while it prolongs its lease",
    ({ inbox }) => ({
      inbox: {
        async renew(request) {
          const held = await inbox.renew({ ...request, leaseMs: 0 });
          return inbox.renew({ ...request, ids: held });
        },
      },
    }),
  ],
  "forgets the tries": [
    "puts a call off until it is due, with its tries",
    ({ inbox }) => ({ inbox: { postpone: (what) => inbox.postpone({ ...what, tries: 0 }) } }),
  ],
  "loses the wait of a result": [
    "works a call off with its events and its wait, by the owner of the lease only",
    ({ inbox }) => ({
      inbox: {
        finish: ({ id, owner, now, events }) => inbox.finish({ id, owner, now, events }),
      },
    }),
  ],
  "takes results that nobody wants any more": [
    "holds a newer call of a run back until the owner of the earlier one has seen that it is over",
    ({ inbox, outbox }) => ({
      inbox: {
        async finish(result) {
          const taken = await inbox.finish(result);
          if (!taken) for (const event of result.events) await outbox.append(event);
          return taken;
        },
      },
    }),
  ],
  "lets a stopped call go on": [
    "stops a call: no result is taken any more, and its wait is closed",
    () => ({ inbox: { stop: async () => undefined } }),
  ],
  "does not know the last call of a run": [
    "tells the last call of a run",
    () => ({ inbox: { latest: async () => null } }),
  ],
  "finds one wait on a key only": [
    "finds every wait on a key",
    ({ waits }) => ({
      waits: {
        async find(key) {
          const known = await waits.find(key);
          return { ...known, open: known.open.slice(0, 1) };
        },
      },
    }),
  ],
  "closes a wait without its event": [
    "closes a wait once, with its event",
    ({ waits, outbox }) => ({
      waits: {
        async close(id, event, now) {
          const closed = await waits.close(id, event, now);
          await outbox.remove(event.id);
          return closed;
        },
      },
    }),
  ],
  "looks and closes in two steps": [
    "closes a wait once, with its event",
    ({ waits, inbox }) => ({
      waits: {
        async close(id, event: OutboxEvent, now) {
          const isKnown = await inbox.has(id);
          await waits.close(id, event, now);
          return isKnown;
        },
      },
    }),
  ],
  "keeps the first settlement": [
    "keeps a settlement under its key, the last one",
    ({ waits }) => ({
      waits: {
        async keep(key, kept) {
          if ((await waits.find(key)).kept === null) await waits.keep(key, kept);
        },
      },
    }),
  ],
  "gives a check to everybody": [
    "gives due checks out once, and again when they are due again",
    ({ waits }) => ({
      waits: {
        takeDueChecks: (request) => waits.takeDueChecks({ ...request, nextCheckAt: request.now }),
      },
    }),
  ],
  "forgets what is not over yet": [
    "forgets what is over, and nothing else",
    (right) => ({ forget: () => right.forget({ overBefore: Infinity, keptBefore: Infinity }) }),
  ],
  "forgets nothing": [
    "forgets what is over, and nothing else",
    () => ({ forget: async () => undefined }),
  ],
  "gives events of one call side by side": [
    "gives the events of a call one after the other, in order, and those of others beside them",
    ({ outbox }) => ({
      outbox: { append: (event) => outbox.append({ ...event, stream: event.id }) },
    }),
  ],
  "sends a stream before it is due": [
    "puts a stream off until it is due, with its tries, by its owner only",
    ({ outbox }) => ({ outbox: { postpone: (what) => outbox.postpone({ ...what, dueAt: 0 }) } }),
  ],
  "keeps what was answered": [
    "takes out what is not there without harm",
    () => ({ outbox: { remove: async () => undefined } }),
  ],
  "does not know when work is due": [
    "knows when the next work is due, leased work aside",
    () => ({ nextDueAt: async () => null }),
  ],
};

function suite(fault: Fault) {
  return (runner: Parameters<typeof describeMigratorStore>[0]) =>
    describeMigratorStore(runner, "double", {
      forgets: "it is a double",
      setup: async () => {
        const right = memoryMigratorStore();
        const { inbox, waits, outbox, ...rest } = fault(right);
        const store: MigratorStore = {
          ...right,
          ...rest,
          inbox: { ...right.inbox, ...inbox },
          waits: { ...right.waits, ...waits },
          outbox: { ...right.outbox, ...outbox },
        };
        return { store, teardown: async () => undefined };
      },
    });
}

describe("the suite of MigratorStore", () => {
  test("finds nothing wrong with a right store", async () => {
    expect(await failuresOf(suite(() => ({})))).toEqual([]);
  });

  test.each(Object.entries(FAULTS))("catches a store that %s", async (_what, [law, fault]) => {
    expect(await failuresOf(suite(fault))).toContain(law);
  });

  test("catches a store that forgets at a restart and does not say so", async () => {
    const failures = await failuresOf((runner) =>
      describeMigratorStore(runner, "double", {
        setup: async () => ({
          store: memoryMigratorStore(),
          reopen: async () => memoryMigratorStore(),
          teardown: async () => undefined,
        }),
      }),
    );
    expect(failures.toSorted()).toEqual([
      "still has every event, in order",
      "still knows every call, at work or worked off",
      "still knows what stands open, what is closed and what is kept",
      "still knows when a call is due, and its tries",
    ]);
  });
});

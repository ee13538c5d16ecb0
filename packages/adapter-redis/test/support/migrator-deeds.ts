import type { InboxEntry, KnownKey, MigratorStore, OutboxEvent, Wait } from "@loom/migrator-sdk";
import * as fc from "fast-check";

/** One request to a migrator's store; answers are in an order that does not depend on the store. */
export type MigratorDeed = (store: MigratorStore) => Promise<unknown>;

const OWNERS = ["a|b", "%7c"];
const IDS = ["1", "2", "{3}:4", "__proto__", "😀|"];
const RUNS = ["r", "r|0", "__proto__"];
const KEYS = ["k", "k:1", "1:k", "ü"];
const id = fc.constantFrom(...IDS);
const run = fc.constantFrom(...RUNS);
const key = fc.constantFrom(...KEYS);
const owner = fc.constantFrom(...OWNERS);
const moment = fc.nat(60);

/**
 * Requests in any order, about a few calls, runs and keys. At the end some is forgotten, and everything asked: a call that
 * comes again after it was forgotten is another one, about which stores may differ.
 */
export const migratorDeeds: fc.Arbitrary<readonly MigratorDeed[]> = fc
  .tuple(
    fc.array(
      fc.oneof(
        { arbitrary: adding(), weight: 4 },
        { arbitrary: leasing(), weight: 4 },
        { arbitrary: ending(), weight: 5 },
        { arbitrary: asking(), weight: 3 },
        { arbitrary: sending(), weight: 4 },
      ),
      { minLength: 20, maxLength: 60, size: "max" },
    ),
    fc.tuple(moment, moment),
  )
  .map(([deeds, [overBefore, keptBefore]]) => [
    ...deeds,
    (store) => store.forget({ overBefore, keptBefore }),
    ...IDS.map(
      (name): MigratorDeed =>
        ({ inbox }) =>
          inbox.has(name),
    ),
    ...RUNS.map(
      (name): MigratorDeed =>
        ({ inbox }) =>
          inbox.latest(name),
    ),
    ...KEYS.map(
      (name): MigratorDeed =>
        async ({ waits }) =>
          known(await waits.find(name)),
    ),
  ]);

function adding(): fc.Arbitrary<MigratorDeed> {
  return fc.tuple(id, run, moment).map(
    ([call, runId, at]) =>
      (store) =>
        store.inbox.add(entryOf(call, runId, at)),
  );
}

/** All that is due, so that nothing depends on the order among equals. */
function leasing(): fc.Arbitrary<MigratorDeed> {
  const request = fc.record({
    owner,
    now: moment,
    leaseMs: fc.integer({ min: 1, max: 30 }),
    ids: fc.array(id),
  });
  return fc.oneof(
    request.map(
      ({ owner: by, now, leaseMs }): MigratorDeed =>
        async (store) =>
          sorted(await store.inbox.lease({ owner: by, now, leaseMs, limit: 100 })),
    ),
    request.map(
      (given): MigratorDeed =>
        async (store) =>
          sorted(await store.inbox.renew({ ...given, ids: [...new Set(given.ids)] })),
    ),
  );
}

function ending(): fc.Arbitrary<MigratorDeed> {
  const events = fc.uniqueArray(fc.tuple(fc.uuid(), id), {
    maxLength: 2,
    selector: ([name]) => name,
  });
  const wait = fc.option(fc.tuple(key, fc.option(moment, { nil: undefined })), { nil: undefined });
  const given = fc.record({ call: id, owner, now: moment, events, wait, tries: fc.nat(3) });
  return fc.oneof(
    given.map(
      ({ call, events: sent, wait: opened, ...rest }): MigratorDeed =>
        (store) =>
          store.inbox.finish({
            ...rest,
            id: call,
            events: sent.map(([name]) => eventOf(name, call)),
            ...(opened && { wait: waitOf(call, ...opened) }),
          }),
    ),
    given.map(
      ({ call, now, ...rest }): MigratorDeed =>
        (store) =>
          store.inbox.postpone({ id: call, owner: rest.owner, dueAt: now, tries: rest.tries }),
    ),
    given.map(
      ({ call, now }): MigratorDeed =>
        (store) =>
          store.inbox.stop(call, now),
    ),
  );
}

function asking(): fc.Arbitrary<MigratorDeed> {
  const checks = fc.record({ now: moment, nextCheckAt: moment });
  return fc.oneof(
    fc.tuple(id, run, key).map(
      ([call, runId, name]): MigratorDeed =>
        async ({ inbox, waits }) => {
          return [await inbox.has(call), await inbox.latest(runId), known(await waits.find(name))];
        },
    ),
    checks.map(
      (given): MigratorDeed =>
        async ({ waits }) =>
          sorted(await waits.takeDueChecks({ ...given, limit: 100 })),
    ),
    fc.tuple(id, moment).map(
      ([call, at]): MigratorDeed =>
        ({ waits }) =>
          waits.checkAgain(call, at),
    ),
    fc.tuple(id, fc.uuid(), moment).map(
      ([call, name, at]): MigratorDeed =>
        ({ waits }) =>
          waits.close(call, eventOf(name, call), at),
    ),
    fc.tuple(key, moment, fc.boolean()).map(
      ([name, at, taken]): MigratorDeed =>
        ({ waits }) =>
          waits.keep(name, { settlement: { failed: "no" }, at, taken, runs: [] }),
    ),
  );
}

function sending(): fc.Arbitrary<MigratorDeed> {
  const lease = fc.record({ owner, now: moment, leaseMs: fc.integer({ min: 1, max: 30 }) });
  const what = fc.constantFrom("postpone", "remove", "leave");
  return fc.oneof(
    fc.tuple(fc.uuid(), id).map(
      ([name, call]): MigratorDeed =>
        ({ outbox }) =>
          outbox.append(eventOf(name, call)),
    ),
    fc.tuple(lease, what, moment, owner).map(
      ([given, then, dueAt, by]): MigratorDeed =>
        async ({ outbox }) => {
          const leased = sorted(await outbox.lease({ ...given, limit: 100 }));
          for (const each of leased.slice(0, 1)) {
            if (then === "remove") await outbox.remove(each.id);
            if (then === "postpone")
              await outbox.postpone({ id: each.id, owner: by, dueAt, tries: 2 });
          }
          return leased;
        },
    ),
  );
}

function known({ open, ...rest }: KnownKey): unknown {
  return { open: sorted(open), ...rest };
}

function entryOf(call: string, runId: string, receivedAt: number): InboxEntry {
  const request = {
    kind: "do",
    migrationId: "m",
    runId,
    stepName: "step",
    candidate: { id: "billing", metadata: { ["__proto__"]: "Ünï\u2028" } },
    callbackId: "L1.x",
    eventName: "step-completed:step",
    migratorApp: "app",
    migratorUrl: "http://migrator.example",
    dispatchId: call,
    attempt: 1,
    stepAttempt: 1,
  } as const;
  return { id: call, runId, request, receivedAt };
}

function eventOf(name: string, call: string): OutboxEvent {
  const body = { stepName: "step", candidateId: "billing", success: true, eventId: name };
  return { id: name, stream: call, runId: "r", callbackId: "L1.x", body };
}

function waitOf(call: string, name: string, checkAt: number | undefined): Wait {
  const report = { callbackId: "L1.x", stepName: "step", candidateId: "billing" };
  const wait = {
    id: call,
    runId: "r",
    key: name,
    migrationId: "m",
    handler: "bump",
    report,
    calledAt: 1,
  };
  return checkAt === undefined ? wait : { ...wait, checkAt };
}

function sorted<T>(items: readonly T[]): readonly T[] {
  const textOf = (item: T) => (typeof item === "string" ? item : (item as { id: string }).id);
  return items.toSorted((a, b) => (textOf(a) < textOf(b) ? -1 : 1));
}

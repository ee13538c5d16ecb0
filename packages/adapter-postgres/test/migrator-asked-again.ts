import type { MigratorStore, OutboxEvent, Wait } from "@loom/migrator-sdk";
import { expect } from "vitest";
import { entryOf } from "./inbox-entry.ts";

const LEASE = { owner: "me", now: 5, leaseMs: 1_000, limit: 10 };
const KEPT = { settlement: { phase: "merged" }, at: 1, taken: false, runs: [] } as const;

/** A call of a method of a migrator's store, and what must come of it. */
export interface MigratorAskedAgain {
  /** SQL that keeps its first request from its end. */
  readonly lock: string;
  readonly call: (store: MigratorStore) => Promise<unknown>;
  /** Sees what it answered, and what is there after it. */
  readonly then: (answer: unknown, store: MigratorStore) => Promise<void> | void;
}

type Parts = Pick<MigratorStore, "inbox" | "waits" | "outbox">;
type Name = { [Part in keyof Parts]: `${Part}.${keyof Parts[Part] & string}` }[keyof Parts];

/** The call `leased`, which I hold, the call `open` with a wait and a report, and a report that is being sent. */
export async function prepare({ inbox, outbox }: MigratorStore): Promise<void> {
  await inbox.add(entryOf("open"));
  await inbox.lease(LEASE);
  const events = [eventOf("reported", "open")];
  await inbox.finish({ id: "open", owner: "me", now: 5, events, wait: waitOf("open") });
  await inbox.add(entryOf("leased"));
  await inbox.lease(LEASE);
  await outbox.lease(LEASE);
}

/** Every method that a migrator's store has. */
export const CALLS: Readonly<Record<Name | "nextDueAt" | "forget", MigratorAskedAgain>> = {
  ...inboxCalls(),
  ...waitsCalls(),
  ...outboxCalls(),
  ...rest(),
};

type CallsOf<Part extends keyof Parts> = Readonly<
  Record<Extract<Name, `${Part}.${string}`>, MigratorAskedAgain>
>;

function inboxCalls(): CallsOf<"inbox"> {
  const leased = rowOf("runs", "run_id = 'run of leased'");
  return {
    "inbox.add": {
      lock: leased,
      call: ({ inbox }) => inbox.add({ ...entryOf("next"), runId: "run of leased" }),
      then: async (answer, { inbox }) => {
        expect([answer, await inbox.has("next")]).toEqual([true, true]);
      },
    },
    "inbox.has": reading("calls", ({ inbox }) => inbox.has("open")),
    "inbox.latest": reading("runs", ({ inbox }) => inbox.latest("run of open")),
    "inbox.lease": {
      lock: writesOf("runs"),
      call: ({ inbox }) => inbox.lease({ ...LEASE, owner: "other", now: 2_000 }),
      then: async (answer, { inbox }) => {
        const last = await inbox.lease({ ...LEASE, owner: "third", now: 4_000 });
        expect(last).toMatchObject([{ id: "leased" }]);
        expect([[], last]).toContainEqual(answer);
      },
    },
    "inbox.renew": {
      lock: leased,
      call: ({ inbox }) => inbox.renew({ ...LEASE, ids: ["leased"] }),
      then: is(["leased"]),
    },
    "inbox.postpone": {
      lock: leased,
      call: ({ inbox }) => inbox.postpone({ id: "leased", owner: "me", dueAt: 3, tries: 1 }),
      then: async (answer, { inbox }) => {
        expect(answer).toBe(undefined);
        expect(await inbox.lease(LEASE)).toMatchObject([{ id: "leased", tries: 1 }]);
      },
    },
    "inbox.finish": {
      lock: leased,
      call: ({ inbox }) =>
        inbox.finish({
          id: "leased",
          owner: "me",
          now: 6,
          events: [eventOf("done", "leased")],
          wait: waitOf("leased"),
        }),
      then: async (answer, { outbox, waits }) => {
        expect(answer).toBe(true);
        expect(await outbox.lease(LEASE)).toMatchObject([{ id: "done" }]);
        expect((await waits.find("key of leased")).open).toHaveLength(1);
      },
    },
    "inbox.stop": {
      lock: leased,
      call: ({ inbox }) => inbox.stop("leased", 6),
      then: async (answer, { inbox }) => {
        expect([answer, await inbox.lease({ ...LEASE, now: 9_000 })]).toEqual([undefined, []]);
      },
    },
  };
}

function waitsCalls(): CallsOf<"waits"> {
  const open = rowOf("waits", "id = 'open'");
  return {
    "waits.find": reading("waits", ({ waits }) => waits.find("key of open")),
    "waits.keep": {
      lock: writesOf("settlements"),
      call: ({ waits }) => waits.keep("another", KEPT),
      then: async (answer, { waits }) => {
        expect([answer, (await waits.find("another")).kept]).toEqual([undefined, KEPT]);
      },
    },
    "waits.close": {
      lock: open,
      call: ({ waits }) => waits.close("open", eventOf("closed", "another"), 6),
      then: async (answer, { waits, outbox }) => {
        expect(answer).toBe(true);
        expect(await waits.find("key of open")).toMatchObject({ open: [], closed: true });
        expect(await outbox.lease(LEASE)).toMatchObject([{ id: "closed" }]);
      },
    },
    "waits.checkAgain": {
      lock: open,
      call: ({ waits }) => waits.checkAgain("open", 70),
      then: async (answer, { waits }) => {
        expect([answer, (await waits.find("key of open")).open]).toMatchObject([
          undefined,
          [{ checkAt: 70 }],
        ]);
      },
    },
    "waits.takeDueChecks": {
      lock: writesOf("waits"),
      call: ({ waits }) => waits.takeDueChecks({ now: 10, nextCheckAt: 60, limit: 5 }),
      then: async (answer, { waits }) => {
        const next = { now: 60, nextCheckAt: 99, limit: 5 };
        const ids = (found: unknown) => (found as Wait[]).map(({ id }) => id);
        expect(ids(await waits.takeDueChecks(next))).toEqual(["open"]);
        expect([[], ["open"]]).toContainEqual(ids(answer));
      },
    },
  };
}

function outboxCalls(): CallsOf<"outbox"> {
  const stream = rowOf("streams", "stream = 'open'");
  return {
    "outbox.append": {
      lock: stream,
      call: ({ outbox }) => outbox.append(eventOf("later", "open")),
      then: async (answer, { outbox }) => {
        expect(answer).toBe(undefined);
        await outbox.remove("reported");
        expect(await outbox.lease(LEASE)).toMatchObject([{ id: "later" }]);
        await outbox.remove("later");
        expect(await outbox.lease(LEASE)).toEqual([]);
      },
    },
    "outbox.lease": {
      lock: writesOf("streams"),
      call: ({ outbox }) => outbox.lease({ ...LEASE, owner: "other", now: 2_000 }),
      then: async (answer, { outbox }) => {
        const last = await outbox.lease({ ...LEASE, owner: "third", now: 4_000 });
        expect(last).toMatchObject([{ id: "reported" }]);
        expect([[], last]).toContainEqual(answer);
      },
    },
    "outbox.postpone": {
      lock: stream,
      call: ({ outbox }) => outbox.postpone({ id: "reported", owner: "me", dueAt: 3, tries: 1 }),
      then: async (answer, { outbox }) => {
        expect(answer).toBe(undefined);
        expect(await outbox.lease(LEASE)).toMatchObject([{ id: "reported", tries: 1 }]);
      },
    },
    "outbox.remove": {
      lock: stream,
      call: ({ outbox }) => outbox.remove("reported"),
      then: async (answer, { outbox }) => {
        expect([answer, await outbox.lease({ ...LEASE, now: 9_000 })]).toEqual([undefined, []]);
      },
    },
  };
}

function rest(): Pick<typeof CALLS, "nextDueAt" | "forget"> {
  return {
    nextDueAt: reading("waits", (store) => store.nextDueAt()),
    forget: {
      lock: writesOf("calls"),
      call: (store) => store.forget({ overBefore: 100, keptBefore: 100 }),
      then: async (answer, { inbox }) => {
        const known = [await inbox.has("open"), await inbox.has("leased")];
        expect([answer, known]).toEqual([undefined, [false, true]]);
      },
    },
  };
}

function reading(table: string, call: MigratorAskedAgain["call"]): MigratorAskedAgain {
  return {
    lock: `LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`,
    call,
    then: async (answer, store) => expect(answer).toEqual(await call(store)),
  };
}

function is(expected: unknown): MigratorAskedAgain["then"] {
  return (answer) => expect(answer).toEqual(expected);
}

/** Another hand writes the row, so that who waits for it finds another version of it. */
function rowOf(table: string, where: string): string {
  const column = where.split(" ")[0];
  return `UPDATE ${table} SET ${column} = ${column} WHERE ${where}`;
}

/** Lets others read. */
function writesOf(table: string): string {
  return `LOCK TABLE ${table} IN SHARE MODE`;
}

function waitOf(id: string): Wait {
  const report = { callbackId: "L1.x", stepName: "step", candidateId: "billing" };
  const [runId, key] = [`run of ${id}`, `key of ${id}`];
  return { id, runId, key, migrationId: "m", handler: "bump", report, calledAt: 1, checkAt: 9 };
}

function eventOf(id: string, stream: string): OutboxEvent {
  const body = { stepName: "step", candidateId: "billing", success: true, eventId: id };
  return { id, stream, runId: "run", callbackId: "L1.x", body };
}

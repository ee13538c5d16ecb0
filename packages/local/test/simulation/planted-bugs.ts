import type { OutboxEntry, RunCommit, StatusChange, Store } from "@loom/core";
import { MIGRATION } from "./world.ts";
import type { Plant } from "./simulation.ts";

/** Bugs that a Loom could have: the laws must notice each of them. */
export const PLANTED_BUGS: Readonly<Record<string, Plant>> = {
  "an outbox entry is lost": {
    store: (store, { random }) =>
      committing(store, (commit) =>
        random.chance(0.1) ? { ...commit, add: commit.add.filter(isTimer) } : commit,
      ),
  },
  "a time limit is lost": {
    store: (store) =>
      committing(store, (commit) => ({
        ...commit,
        add: commit.add.filter((entry) => !isTimer(entry)),
      })),
  },
  "a lease is ignored": {
    store: (store) => ({
      ...store,
      async leaseDue(request) {
        const leased = await store.leaseDue(request);
        await store.releaseLeases({ owner: request.owner, ids: leased.map(({ id }) => id) });
        return leased;
      },
    }),
  },
  "the lease of a dead process never ends": {
    store: (store) => ({
      ...store,
      leaseDue: (request) => store.leaseDue({ ...request, leaseMs: 1e12 }),
    }),
  },
  "a report of an earlier attempt is taken": {
    engine(engine) {
      const attempts = new Map<string, number>();
      return {
        ...engine,
        async startRun(manifest) {
          attempts.set(manifest.runId, manifest.attempt);
          await engine.startRun(manifest);
        },
        raiseEvent(runId, given, event) {
          const attempt = attempts.get(runId) ?? given;
          if (event.type !== "step_reported") return engine.raiseEvent(runId, given, event);
          return engine.raiseEvent(runId, attempt, { ...event, call: { ...event.call, attempt } });
        },
      };
    },
  },
  "the end of a run is written twice": {
    store: (store, { timeline }) => ({
      ...store,
      async commitRun(commit) {
        const isCommitted = await store.commitRun(commit);
        const { finish } = commit;
        if (isCommitted && finish) timeline.after(5_000, () => void repeated(store, finish));
        return isCommitted;
      },
    }),
  },
  "a count is not moved": {
    store(store) {
      let counts = store.countCandidates(MIGRATION);
      return {
        ...store,
        changeStatus(change) {
          const result = store.changeStatus(change);
          counts = store.countCandidates(MIGRATION);
          return result;
        },
        countCandidates: () => counts,
      };
    },
  },
  "an event is dropped when another was faster": {
    store: (store) => ({
      ...store,
      async commitRun(commit) {
        await store.commitRun(commit);
        return true;
      },
    }),
  },
  "a change is not known again when its reply was lost": {
    store: (store) => ({
      ...store,
      changeStatus: (change) => store.changeStatus({ ...change, token: crypto.randomUUID() }),
    }),
  },
  "a call has another id with each try": {
    migrators(migrators) {
      let tries = 0;
      return {
        ...migrators,
        dispatchStep: (to, request) =>
          migrators.dispatchStep(to, {
            ...request,
            dispatchId: `${request.dispatchId}:try${++tries}`,
          }),
      };
    },
  },
  "a claim that its engine never got is forgotten": {
    store: (store) => ({ ...store, listRunning: async () => ({ items: [] }) }),
  },
  "a store out of reach is taken for a run that is gone": {
    engine: (engine) => ({
      ...engine,
      getRun: (runId, attempt) => engine.getRun(runId, attempt).catch(() => null),
    }),
  },
  "new inputs are answered and not used": {
    engine: (engine) => ({
      ...engine,
      raiseEvent: (runId, attempt, event) =>
        event.type === "inputs_updated"
          ? Promise.resolve("accepted")
          : engine.raiseEvent(runId, attempt, event),
    }),
  },
  "a cancel is answered and not done": {
    engine: (engine, { random }) => ({
      ...engine,
      cancelRun: (runId, attempt, event) =>
        random.chance(0.5) ? Promise.resolve("accepted") : engine.cancelRun(runId, attempt, event),
    }),
  },
};

function committing(store: Store, change: (commit: RunCommit) => RunCommit): Store {
  return { ...store, commitRun: (commit) => store.commitRun(change(commit)) };
}

function isTimer({ command }: OutboxEntry): boolean {
  return command.type === "set_timer";
}

/** Writes an end over whatever stands there by then. */
async function repeated(store: Store, finish: StatusChange): Promise<void> {
  const from = await store.getCandidate(finish);
  if (from?.status !== "running") return;
  await store.changeStatus({ ...finish, from, token: crypto.randomUUID() });
}

import type { Position } from "@loom/core";
import type { Runner } from "../runner.ts";
import { manifestOf, unique } from "./builders.ts";
import type { LawTest, StoreFixture } from "./fixture.ts";

const REPLICAS = ["a", "b", "c", "d"];
const ROUNDS = 5;
/** Listed by every replica, some in the first chunk and some in the last. */
const LIVE = Array.from({ length: 40 }, (_, n) => `live ${n}`);

export function replicaLaws({ expect }: Runner, test: LawTest): void {
  test("never takes away, not even for a moment, what all replicas list that discover at once", async (t) => {
    await t.submit(LIVE);
    const rounds = async () => {
      for (let round = 0; round < ROUNDS; round++) await discoverAtOnce(t, round);
    };
    const { looks, missing } = await during(rounds, (isOver) => watch(t, isOver));
    expect(missing).toEqual([]);
    expect(looks > 0).toBe(true);
  });

  test("keeps what any replica listed after the others had begun, and removes the rest once", async (t) => {
    await t.submit([...LIVE, "left out"]);
    let [added, removed] = [0, 0];
    for (let round = 0; round < ROUNDS; round++) {
      const counts = await discoverAtOnce(t, round);
      added += counts.added;
      removed += counts.removed;
      const own = REPLICAS.map((replica) => ownOf(replica, round));
      expect((await t.list({}, 50)).toSorted()).toEqual([...LIVE, ...own].toSorted());
    }
    expect({ added, removed }).toEqual({ added: 20, removed: 17 });
    expect((await t.store.countCandidates(t.migrationId)).notStarted).toBe(44);
  });

  test("gives no attempt number twice to one that replicas remove and find again while it is started", async (t) => {
    await t.submit(["kept", "flaky"]);
    const [without, withIt] = [["kept"], ["kept", "flaky"]];
    const replicas = () =>
      Promise.all([submitInTurns(t, [without, withIt]), submitInTurns(t, [withIt, without])]);
    const meanwhile = await during(replicas, (isOver) => startAgainAndAgain(t, "flaky", isOver));
    await t.submit(withIt);
    const attempts = [...meanwhile, ...(await startAgainAndAgain(t, "flaky", () => true))];
    expect(attempts.length > 0).toBe(true);
    expect(attempts).toEqual(attempts.map((_, n) => n + 1));

    await t.submit(without);
    expect(await t.record("flaky")).toBe(null);
    await t.submit(withIt);
    expect((await t.record("flaky"))?.attempt).toBe(attempts.length);
  });
}

function ownOf(replica: string, round: number): string {
  return `of ${replica} in ${round}`;
}

/** All replicas begin before any of them goes on; then each lists something of its own, and ends. */
async function discoverAtOnce(
  t: StoreFixture,
  round: number,
): Promise<{ readonly added: number; readonly removed: number }> {
  const ids = new Map(REPLICAS.map((replica) => [replica, unique()]));
  const half = LIVE.length / 2;
  const chunk = (replica: string, listed: readonly string[], complete: boolean) =>
    t.submit(listed, { id: ids.get(replica) ?? replica, complete });
  const first = await Promise.all(
    REPLICAS.map((replica) => chunk(replica, LIVE.slice(0, half), false)),
  );
  const rest = await Promise.all(
    REPLICAS.map(async (replica) => {
      const middle = await chunk(replica, [ownOf(replica, round)], false);
      return [middle, await chunk(replica, LIVE.slice(half), true)];
    }),
  );
  const counts = [...first, ...rest.flat()];
  const sum = (of: "added" | "removed") =>
    counts.reduce((total, each) => total + (each?.[of] ?? 0), 0);
  return { added: sum("added"), removed: sum("removed") };
}

/** Does something else all the time that work takes, and at least once. */
async function during<T>(
  work: () => Promise<unknown>,
  other: (isOver: () => boolean) => Promise<T>,
): Promise<T> {
  let isOver = false;
  const worked = work().finally(() => (isOver = true));
  const [answer] = await Promise.all([other(() => isOver), worked]);
  return answer;
}

/** Looks at candidates that must be there, until it is over. */
async function watch(
  t: StoreFixture,
  isOver: () => boolean,
): Promise<{ readonly looks: number; readonly missing: readonly string[] }> {
  const missing: string[] = [];
  let looks = 0;
  do {
    const records = await Promise.all(LIVE.map((id) => t.record(id)));
    missing.push(...LIVE.filter((_, n) => records[n] === null));
    looks++;
    await breath();
  } while (!isOver());
  return { looks, missing };
}

/** @returns the attempts that it got */
async function startAgainAndAgain(
  t: StoreFixture,
  id: string,
  isOver: () => boolean,
): Promise<readonly number[]> {
  const attempts: number[] = [];
  do {
    await breath();
    const found = await t.record(id);
    if (!found) continue;
    const attempt = found.attempt + 1;
    const running: Position = { status: "running", attempt };
    const claim = manifestOf(t.migrationId, id, attempt);
    const from: Position = { status: "not_started", attempt: found.attempt };
    if (!(await t.change(id, from, running, { claim })).applied) continue;
    attempts.push(attempt);
    await t.change(id, running, { status: "not_started", attempt });
  } while (!isOver());
  return attempts;
}

async function submitInTurns(
  t: StoreFixture,
  lists: readonly (readonly string[])[],
): Promise<void> {
  for (let n = 0; n < 10; n++)
    for (const list of lists) {
      await t.submit(list);
      await breath();
    }
}

/** Lets go of the thread: a store may answer without ever doing so. */
function breath(): Promise<void> {
  return new Promise((resume) => setTimeout(resume, 0));
}

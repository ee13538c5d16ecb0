import type { Pool, PoolClient } from "pg";
import { httpError } from "../auth/log-in.ts";
import { inTransaction } from "./transaction.ts";

/** What somebody proposes to do to a manifest. */
export interface Proposal {
  /** Chosen by who proposes: the same key is the same change. */
  readonly key: string;
  readonly service: string;
  readonly title: string;
  readonly before: string;
  readonly after: string;
}

/** A proposal, and what became of it. */
export interface Change extends Proposal {
  readonly id: number;
  readonly state: "open" | "merged" | "rejected" | "withdrawn" | "reverted";
}

/** Changes of manifests, each decided by the team whose service it is. */
export interface Changes {
  list(): Promise<readonly Change[]>;
  find(key: string): Promise<Change | undefined>;
  /** Finds the change with this key, else opens it. */
  propose(proposal: Proposal): Promise<Change>;
  /** Writes the manifest. */
  merge(id: number): Promise<Change>;
  reject(id: number): Promise<Change>;
  /** Withdraws an open change and takes back a merged one; leaves others alone. */
  undo(id: number): Promise<Change>;
}

export function createChanges(pool: Pool): Changes {
  const all = async (where: string, values: readonly unknown[]) =>
    (await pool.query<Change>(`select * from catalogue.changes ${where} order by id`, [...values]))
      .rows;
  const find: Changes["find"] = async (key) => (await all("where key = $1", [key]))[0];
  return {
    list: () => all("", []),
    find,
    async propose({ key, service, title, before, after }) {
      await pool.query(
        `insert into catalogue.changes (key, service, title, before, after)
         select $1, name, $3, $4, $5 from catalogue.services where name = $2
         on conflict (key) do nothing`,
        [key, service, title, before, after],
      );
      return (await find(key)) ?? missing("service");
    },
    merge: (id) => decide(pool, id, { open: "merged", merged: "merged" }),
    reject: (id) => decide(pool, id, { open: "rejected", rejected: "rejected" }),
    undo: (id) => decide(pool, id, UNDOING),
  };
}

type State = Change["state"];

/** What a decision makes of a change that it finds in a state; where there is nothing it comes too late. */
type Decision = Readonly<Partial<Record<State, State>>>;

const UNDOING: Decision = {
  open: "withdrawn",
  merged: "reverted",
  rejected: "rejected",
  withdrawn: "withdrawn",
  reverted: "reverted",
};

async function decide(pool: Pool, id: number, decision: Decision): Promise<Change> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<Change>(
      "select * from catalogue.changes where id = $1 for update",
      [id],
    );
    const change = rows[0] ?? missing("change");
    const state = decision[change.state];
    if (!state) throw httpError(409, `The change is ${change.state}.`);
    if (state === change.state) return change;
    if (state === "merged") await write(client, change.service, change.before, change.after);
    if (state === "reverted") await write(client, change.service, change.after, change.before);
    await client.query("update catalogue.changes set state = $2 where id = $1", [id, state]);
    return { ...change, state };
  });
}

async function write(client: PoolClient, service: string, from: string, to: string): Promise<void> {
  const { rowCount } = await client.query(
    "update catalogue.services set manifest = $3 where name = $1 and manifest = $2",
    [service, from, to],
  );
  if (rowCount !== 1) throw httpError(409, "The manifest is not what the change was made for.");
}

function missing(what: string): never {
  throw httpError(404, `There is no such ${what}.`);
}

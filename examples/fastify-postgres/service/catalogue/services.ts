import type { Pool } from "pg";

/** A service of the company, as its team describes it. */
export interface ServiceEntry {
  readonly name: string;
  readonly team: string;
  /** YAML, kept as it was written. */
  readonly manifest: string;
}

/** The services that there are. */
export interface Services {
  list(): Promise<readonly ServiceEntry[]>;
  find(name: string): Promise<ServiceEntry | undefined>;
  /** Adds it, or takes the place of the one with this name. */
  put(entry: ServiceEntry): Promise<void>;
}

export function createServices(pool: Pool): Services {
  const select = "select name, team, manifest from catalogue.services";
  return {
    async list() {
      return (await pool.query<ServiceEntry>(`${select} order by name`)).rows;
    },
    async find(name) {
      return (await pool.query<ServiceEntry>(`${select} where name = $1`, [name])).rows[0];
    },
    async put({ name, team, manifest }) {
      await pool.query(
        `insert into catalogue.services (name, team, manifest) values ($1, $2, $3)
         on conflict (name) do update set team = excluded.team, manifest = excluded.manifest`,
        [name, team, manifest],
      );
    },
  };
}

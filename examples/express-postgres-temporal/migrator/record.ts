import type { Pool } from "pg";

/** Something that the migrator did to a service. */
export interface Deed {
  readonly service: string;
  readonly step: string;
}

const SCHEMA = `
  CREATE SCHEMA IF NOT EXISTS rotation;
  CREATE TABLE IF NOT EXISTS rotation.deeds (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    service text NOT NULL,
    step text NOT NULL,
    done_at timestamptz NOT NULL DEFAULT now()
  );`;

/** The migrator's own record of what it did. Nothing keeps it from saying a thing twice: what was done twice shows. */
export async function openRecord(pool: Pool): Promise<void> {
  await pool.query(SCHEMA);
}

export async function writeDeed(pool: Pool, { service, step }: Deed): Promise<void> {
  await pool.query("INSERT INTO rotation.deeds (service, step) VALUES ($1, $2)", [service, step]);
}

/** All deeds, in the order in which they were done. */
export async function readDeeds(pool: Pool): Promise<readonly Deed[]> {
  const { rows } = await pool.query<Deed>("SELECT service, step FROM rotation.deeds ORDER BY id");
  return rows;
}

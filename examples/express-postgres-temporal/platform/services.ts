import type { Pool } from "pg";
import * as z from "zod";

/** A service in the platform's catalogue. */
export const Service = z.object({ name: z.string().regex(/^[a-z][a-z0-9-]*$/), team: z.string() });
export type Service = z.output<typeof Service>;

export async function listServices(pool: Pool): Promise<readonly Service[]> {
  const { rows } = await pool.query<Service>(
    "SELECT name, team FROM platform.services ORDER BY name",
  );
  return rows;
}

/** Does nothing the second time: an activity may be repeated. */
export async function addService(pool: Pool, { name, team }: Service): Promise<void> {
  await pool.query(
    "INSERT INTO platform.services (name, team) VALUES ($1, $2) ON CONFLICT DO NOTHING",
    [name, team],
  );
}

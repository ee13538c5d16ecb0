import type { OutboxEvent } from "@loom/migrator-sdk";
import type { Values } from "../database/statement.ts";
import type { MigratorNames } from "./schema.ts";

/** Values for {@link putEvents}. */
export function eventValues(events: readonly OutboxEvent[]): Values {
  return {
    eventIds: events.map(({ id }) => id),
    eventStreams: events.map(({ stream }) => stream),
    events: events.map((event) => JSON.stringify(event)),
  };
}

/**
 * Common table expressions that put events at the ends of their streams.
 *
 * @param after a common table expression that must have a row
 */
export function putEvents({ streams, events }: MigratorNames, after?: string): string {
  const where = after ? `WHERE EXISTS (SELECT FROM ${after})` : "";
  return `put AS (
      SELECT * FROM unnest(:eventIds::text[], :eventStreams::text[], :events::text[]) WITH ORDINALITY
        AS e(id, stream, event, place) ${where}
    ), touched AS (
      INSERT INTO ${streams} AS s (stream) SELECT DISTINCT stream FROM put ORDER BY stream
      ON CONFLICT (stream) DO UPDATE SET stream = s.stream
      RETURNING stream
    ), appended AS (
      INSERT INTO ${events} (id, stream, event)
      SELECT p.id, p.stream, p.event::json FROM put p JOIN touched USING (stream) ORDER BY p.place
      ON CONFLICT (id) DO NOTHING
    )`;
}

import { LoomError } from "@loom/core";

/** The quoted names of all that the store keeps in Postgres. */
export type Names = ReturnType<typeof namesOf>;

const SCHEMA = /^[A-Za-z_][\w-]{0,62}$/;

/** @throws LoomError `invalid_configuration` for a name that cannot be one of a schema */
export function namesOf(schema: string) {
  if (!SCHEMA.test(schema) || schema.startsWith("pg_"))
    throw new LoomError(
      "invalid_configuration",
      "schema: a letter or underscore and up to 62 letters, digits, underscores and hyphens; not one that begins with pg_.",
    );
  const quoted = `"${schema}"`;
  return {
    schema,
    quoted,
    versions: `${quoted}.schema_versions`,
    migrations: `${quoted}.migrations`,
    apps: `${quoted}.apps`,
    discoveries: `${quoted}.discoveries`,
    candidates: `${quoted}.candidates`,
    retired: `${quoted}.retired_candidates`,
    counters: `${quoted}.counters`,
    runs: `${quoted}.runs`,
    states: `${quoted}.run_states`,
    outbox: `${quoted}.outbox`,
    cancelled: `${quoted}.cancelled_attempts`,
    history: `${quoted}.history`,
    operations: `${quoted}.operations`,
    candidateStatus: `${quoted}.candidate_status`,
    stepStatus: `${quoted}.step_status`,
    runPhase: `${quoted}.run_phase`,
    delivery: `${quoted}.delivery`,
  } as const;
}

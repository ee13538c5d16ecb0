import { quotedSchema } from "./plan.ts";

/** The quoted names of all that the store keeps in Postgres. */
export type Names = ReturnType<typeof namesOf>;

/** @throws LoomError `invalid_configuration` for a name that cannot be one of a schema */
export function namesOf(schema: string) {
  const quoted = quotedSchema(schema);
  return {
    schema,
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

import { quotedSchema } from "./plan.ts";

/** The quoted names of all that the store keeps in Postgres. */
export type Names = ReturnType<typeof tableNames> &
  ReturnType<typeof typeNames> & { readonly schema: string };

/** @throws LoomError `invalid_configuration` for a name that cannot be one of a schema */
export function namesOf(schema: string): Names {
  const quoted = quotedSchema(schema);
  return { schema, ...tableNames(quoted), ...typeNames(quoted) };
}

/** @param quoted the schema */
export function tableNames(quoted: string) {
  return {
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
  } as const;
}

/** @param quoted the schema */
export function typeNames(quoted: string) {
  return {
    candidateStatus: `${quoted}.candidate_status`,
    stepStatus: `${quoted}.step_status`,
    runPhase: `${quoted}.run_phase`,
    delivery: `${quoted}.delivery`,
  } as const;
}

import type { CandidateWithStatus } from "@loom/core";
import type { Client } from "@temporalio/client";
import pg from "pg";
import { type Deed, readDeeds } from "../migrator/record.ts";
import { runIdOf } from "../story/operator.ts";
import type { Outage } from "../story/outage.ts";
import type { Scene } from "../story/scene.ts";

/** What the story left to be checked. */
export interface Outcome extends Scene {
  readonly outage: Outage;
  /** The process id of the worker that was killed. */
  readonly killed: number;
  /** How starts were answered that are not allowed. */
  readonly refusals: readonly number[];
}

/** A run as Temporal has it. */
export interface Execution {
  readonly service: string;
  readonly status: string;
  /** The workers that took part, each by its process id, in order. */
  readonly workers: readonly number[];
}

/** Everything that the facts are proved from. */
export interface Evidence extends Outcome {
  readonly candidates: readonly CandidateWithStatus[];
  readonly catalogue: readonly string[];
  readonly deeds: readonly Deed[];
  readonly executions: readonly Execution[];
}

export async function gatherEvidence(outcome: Outcome): Promise<Evidence> {
  const { operator, stage, services } = outcome;
  const { client } = stage.temporal;
  return {
    ...outcome,
    candidates: await operator.candidates(),
    catalogue: await operator.services(),
    deeds: await deedsIn(stage.databases.migrator),
    executions: await Promise.all(services.map((service) => executionOf(client, service))),
  };
}

async function deedsIn(databaseUrl: string): Promise<readonly Deed[]> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 1 });
  try {
    return await readDeeds(pool);
  } finally {
    await pool.end();
  }
}

async function executionOf({ workflow }: Client, service: string): Promise<Execution> {
  const handle = workflow.getHandle(runIdOf(service));
  const { status } = await handle.describe();
  const { events } = await handle.fetchHistory();
  const identities = (events ?? []).flatMap(
    ({ workflowTaskStartedEventAttributes: task }) => task?.identity ?? [],
  );
  // a worker is known by `pid@host`
  const workers = [...new Set(identities)].map((identity) => Number.parseInt(identity, 10));
  return { service, status: status.name, workers };
}

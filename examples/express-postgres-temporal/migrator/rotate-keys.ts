import { type Candidate, defineMigration, type MigrationDefinition } from "@loom/migrator-sdk";
import * as z from "zod";
import type { Deed } from "./record.ts";

/** A service, as the platform's catalogue tells of it. */
export interface Service {
  readonly name: string;
  readonly team: string;
}

/** What the migration works on. */
export interface World {
  /** Every service of the platform. */
  readonly services: () => Promise<readonly Service[]>;
  /** Does something to a service. Stands for whatever your migrator does to the world. */
  readonly perform: (deed: Deed) => Promise<void>;
}

/** Under which key a roll-out is waited for, and settled by the webhook that tells of its end. */
export function rollOutKey(service: string): string {
  return `roll-out/${service}`;
}

/** Gives each service a new deploy key: issue it, wait until the service has rolled out with it, revoke the old one. */
export function rotateKeys({ services, perform }: World): MigrationDefinition {
  return defineMigration({
    id: "rotate-deploy-keys",
    name: "Rotate the deploy keys",
    inputs: z.object({ algorithm: z.string().describe("Algorithm of the new key") }),
    handlers: {
      "issue-key": {
        metadata: z.object({ keyId: z.string() }),
        async run(ctx) {
          await perform({ service: ctx.candidate.id, step: ctx.step.name });
          return ctx.done({ keyId: `${ctx.candidate.id}/${ctx.inputs.algorithm}` });
        },
      },
      "roll-out": {
        async run(ctx) {
          await perform({ service: ctx.candidate.id, step: ctx.step.name });
          return ctx.open({ key: rollOutKey(ctx.candidate.id) });
        },
      },
      "revoke-old-key": {
        async run(ctx) {
          await perform({ service: ctx.candidate.id, step: ctx.step.name });
          return ctx.done();
        },
      },
    },
    plan: [{ name: "issue-key" }, { name: "roll-out" }, { name: "revoke-old-key" }],
    discover: async () => (await services()).map(toCandidate),
  });
}

function toCandidate({ name, team }: Service): Candidate {
  return { id: name, metadata: { team } };
}

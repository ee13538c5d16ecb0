import { CandidateSubmissionSchema, DiscoveryCountsSchema } from "./candidate.ts";
import { ReportResultSchema, StepCompletedEventSchema } from "./event.ts";
import { MigrationAnnouncementSchema, MigrationSchema } from "./migration.ts";
import { defineRoute } from "./route.ts";

/** What migrators call. */
export const migratorRoutes = [
  defineRoute({
    id: "announceMigration",
    method: "POST",
    path: "/registry/announce",
    action: "migration.announce",
    audience: "migrator",
    summary: "Register or refresh a migration",
    description:
      "Upserts the migration by id: call it at every start of the migrator. It registers `migratorApp` → `migratorUrl` too. Runs that have begun keep their plan. An id, or an app, that another principal announced first is `forbidden`.",
    body: { schema: MigrationAnnouncementSchema, limit: "candidates" },
    success: { status: 200, description: "The migration as it is now.", schema: MigrationSchema },
    errors: [],
  }),
  defineRoute({
    id: "submitCandidates",
    method: "POST",
    path: "/migrations/{id}/candidates",
    action: "candidates.submit",
    audience: "migrator",
    summary: "Submit candidates",
    description:
      "Merges candidates: new ones appear as `not_started`; `not_started` ones are refreshed, and removed when a complete discovery no longer lists them; queued, running and completed ones keep everything. A long list comes in chunks that share `discovery.id`, the last one with `complete: true`. Without `discovery` the list is complete by itself. Repeating a chunk is harmless.",
    body: { schema: CandidateSubmissionSchema, limit: "candidates" },
    success: { status: 200, description: "What changed.", schema: DiscoveryCountsSchema },
    errors: [],
  }),
  defineRoute({
    id: "reportStep",
    method: "POST",
    path: "/event/{callbackId}",
    action: "step.report",
    audience: "operator",
    capability: "callbackId",
    summary: "Report a step",
    description:
      "With the `callbackId` of a dispatch, which needs no other authorisation, it reports on that call. With a plain run id, percent-encoded, an authorised operator reports on the current call of the step that the event names: approves a manual review, marks as merged. Repeat it until Loom answers below 500; `ignored` is final, so stop working on a call that is `stale` or `not_running`.",
    body: { schema: StepCompletedEventSchema, limit: "default" },
    success: { status: 202, description: "What became of the report.", schema: ReportResultSchema },
    errors: ["run_not_found", "candidate_not_found", "migration_not_found"],
  }),
] as const;

import { defineMigration } from "@loom/migrator-sdk";
import * as z from "zod";
import { addAppChart, cleanUp, migrate, pausePrune, resumePrune } from "./changes.ts";
import type { Forge } from "./forge.ts";
import { ENVIRONMENTS, findGenericServices, GITOPS_REPO } from "./gitops.ts";
import { candidateOf, planOf, repoOf } from "./plan.ts";
import { byPullRequest, titleOf } from "./pull-request-step.ts";
import { problemsOf } from "./verify.ts";

const perEnvironment = z.object({ env: z.enum(ENVIRONMENTS) });

/** Moves services from the generic Helm chart to charts of their own, one environment after the other. */
export const appChartMigration = (forge: Forge) =>
  defineMigration({
    id: "app-chart-migration",
    name: "Move Applications to app charts",
    description: "Gives every service on the generic Helm chart a chart of its own.",
    overview: ["Add the chart", "Migrate dev, staging and, once approved, prod", "Clean up"],
    inputs: z.object({ chartVersion: z.string().describe("Version of the new charts") }),

    handlers: {
      "add-app-chart": {
        ...byPullRequest(forge),
        changes: async ({ candidate, inputs }) =>
          addAppChart(candidate.id, inputs.chartVersion, {
            gitops: await forge.read(GITOPS_REPO),
            own: await forge.read(repoOf(candidate)),
          }),
      },

      "pause-prune": {
        config: perEnvironment,
        changes: async ({ candidate, config }) => [
          pausePrune(candidate.id, config.env, await forge.read(GITOPS_REPO)),
        ],
        run: async (ctx) => {
          await forge.commit(titleOf(ctx), await ctx.changes());
          return ctx.done();
        },
        compensate: async (ctx) => {
          const gitops = await forge.read(GITOPS_REPO);
          const resumed = resumePrune(ctx.candidate.id, ctx.config.env, gitops);
          await forge.commit(`Undo ${titleOf(ctx)}`, [resumed]);
          return ctx.done();
        },
      },

      migrate: {
        ...byPullRequest(forge),
        config: perEnvironment,
        changes: async ({ candidate, config }) => [
          migrate(candidate.id, config.env, await forge.read(GITOPS_REPO)),
        ],
      },

      verify: {
        config: perEnvironment,
        run: async (ctx) => {
          const problems = problemsOf({
            service: ctx.candidate.id,
            env: ctx.config.env,
            gitops: await forge.read(GITOPS_REPO),
            own: await forge.read(repoOf(ctx.candidate)),
            tags: await forge.readTags(repoOf(ctx.candidate)),
          });
          return problems.length === 0 ? ctx.done() : ctx.fail(problems.join("; "));
        },
      },

      "approve-prod": {
        run: (ctx) => ctx.awaitReview({ instructions: "Ready for prod?" }),
      },

      "clean-up": {
        ...byPullRequest(forge),
        changes: async ({ candidate }) => cleanUp(candidate.id, await forge.read(GITOPS_REPO)),
      },
    },

    plan: planOf(ENVIRONMENTS),
    discover: async () => findGenericServices(await forge.read(GITOPS_REPO)).map(candidateOf),
  });

import type { Settlement, StepContext, StepResult } from "@loom/migrator-sdk";
import type { PullRequest } from "../forge/pull-request.ts";
import type { Forge } from "./forge.ts";

/** What such a step needs of its context, whatever its inputs and config are. */
type PullRequestContext = Pick<
  StepContext,
  "key" | "candidate" | "step" | "changes" | "done" | "open"
>;

/** What all steps share whose changes go through a pull request. They differ in their `changes`. */
export function byPullRequest(forge: Forge) {
  return {
    run: async (ctx: PullRequestContext): Promise<StepResult> => {
      const changes = await ctx.changes();
      if (changes.length === 0) return ctx.done({ note: "Nothing was left to change" });
      const pr = await forge.propose(ctx.key, titleOf(ctx), changes);
      const metadata = { prUrl: pr.url };
      return pr.state === "merged" ? ctx.done(metadata) : ctx.open({ key: pr.key, metadata });
    },
    check: async (key: string) => settlementOf(await forge.status(key)),
    compensate: async (ctx: PullRequestContext): Promise<StepResult> => {
      const pr = await forge.withdraw(ctx.key);
      return ctx.done(pr ? { prUrl: pr.url, note: `The pull request is ${pr.state}` } : {});
    },
  };
}

/** What a pull request's state means for the step that waits for it; nothing while it is open. */
export function settlementOf(state: PullRequest["state"]): Settlement | undefined {
  if (state === "merged") return { phase: "merged" };
  return state === "closed" ? { failed: "The pull request was closed without merging" } : undefined;
}

/** The title of a step's pull request or commit, such as `billing-api: migrate-dev`. */
export function titleOf({ candidate, step }: Pick<StepContext, "candidate" | "step">): string {
  return `${candidate.id}: ${step.name}`;
}

import type { CallOutcome, DryRunResult, Loom, MigratorAddress, Migrators } from "@loom/core";
import { LoomError } from "@loom/core";
import { problemOf } from "@loom/core/wire";
import type { FetchLike, Handler } from "@loom/migrator-sdk";

/** How a Loom reaches a migrator in the same process: through its handler, by real requests and answers. */
export function migratorsOver(handler: Handler): Migrators {
  const post = (to: MigratorAddress, path: string, body: unknown) =>
    handler(new Request(`${to.url}/${path}`, { method: "POST", body: JSON.stringify(body) }));
  return {
    dispatchStep: async (to, request) => outcomeOf(await post(to, "dispatch-step", request)),
    compensateStep: async (to, request) => outcomeOf(await post(to, "compensate-step", request)),
    async dryRun(to, request) {
      const response = await post(to, "dry-run", request);
      if (response.ok) return (await response.json()) as DryRunResult;
      throw new LoomError("migrator_bad_response", await detailOf(response));
    },
  };
}

/** How a migrator reaches a Loom in the same process. */
export function fetchOver(loom: Loom): FetchLike {
  return async (url, { body }) => {
    try {
      return Response.json(await respond(loom, new URL(url).pathname, JSON.parse(body) as never));
    } catch (error) {
      const problem = problemOf(error);
      return Response.json(problem, { status: problem.status });
    }
  };
}

async function respond(loom: Loom, path: string, body: never): Promise<unknown> {
  const [, first, id = "", last] = path.split("/");
  if (first === "registry") return loom.announce(body);
  if (first === "event") return loom.reportStep(decodeURIComponent(id), body);
  if (last === "candidates") return loom.submitCandidates(decodeURIComponent(id), body);
  throw new LoomError("not_found", `The test's Loom has nothing at ${path}.`);
}

async function outcomeOf(response: Response): Promise<CallOutcome> {
  if (response.ok) return { type: "accepted" };
  const isRefused = response.status < 500 && response.status !== 429;
  return { type: isRefused ? "refused" : "unavailable", error: await detailOf(response) };
}

async function detailOf(response: Response): Promise<string> {
  const { detail } = (await response.json()) as { readonly detail?: string };
  return detail ?? `The migrator answered ${response.status}.`;
}

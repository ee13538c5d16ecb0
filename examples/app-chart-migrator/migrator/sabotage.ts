import type { FileChange } from "@loom/migrator-sdk";
import type { Forge } from "./forge.ts";

/**
 * Breaks the migrator on purpose, in ways that it does not notice itself, so that a test can see the example's check notice.
 * `wrong-file`: a chart gets the values of dev where those of prod belong. `missing-merge`: a pull request counts as merged that
 * was never opened.
 */
export function sabotage(
  forge: Forge,
  kind: string | undefined,
  victim: string | undefined,
): Forge {
  if (kind === "wrong-file")
    return {
      ...forge,
      propose: async (branch, title, changes) =>
        await forge.propose(
          branch,
          title,
          title === `${victim}: add-app-chart` ? swap(changes) : changes,
        ),
    };
  if (kind === "missing-merge")
    return {
      ...forge,
      propose: async (branch, title, changes) =>
        title === `${victim}: clean-up`
          ? pretend(branch, title)
          : await forge.propose(branch, title, changes),
    };
  return forge;
}

function swap(changes: readonly FileChange[]): FileChange[] {
  const dev = changes.find(({ path }) => path === "chart/values-dev.yaml");
  return changes.map((it) =>
    it.path === "chart/values-prod.yaml" && dev?.after !== undefined
      ? { ...it, after: dev.after }
      : it,
  );
}

function pretend(branch: string, title: string) {
  const url = "https://git.acme.example/acme/gitops/pull/0";
  const ref = { repo: "acme/gitops", number: 0, key: "acme/gitops#0", url };
  return { ...ref, branch, title, head: "", state: "merged" } as const;
}

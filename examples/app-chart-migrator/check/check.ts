import { type Evidence, type Expectation, gatherEvidence } from "./evidence.ts";
import type { Fact, Finding } from "./fact.ts";
import { checkBranches, checkCancelled, checkFiles, checkMerges, checkPushes } from "./history.ts";
import { checkApplications, checkChart } from "./outcome.ts";
import { expectedFiles, expectedMerges, expectedPushes } from "./plan.ts";
import { checkPreview } from "./preview.ts";

/** Proves the outcome from the git history of every repository. */
export async function check(expectation: Expectation): Promise<Fact[]> {
  const evidence = await gatherEvidence(expectation);
  return [...outcomeFacts(evidence), ...historyFacts(evidence), ...(await storyFacts(evidence))];
}

function outcomeFacts({ services }: Evidence): Fact[] {
  const applications = services.flatMap(({ service }) => service.environments).length;
  return [
    fact(
      `${services.length} services have a chart of their own, with every value that they had before`,
      services.flatMap(checkChart),
    ),
    fact(
      `${applications} Applications point to it, and are otherwise what they were`,
      services.flatMap(checkApplications),
    ),
  ];
}

function historyFacts(evidence: Evidence): Fact[] {
  const { snapshots, requests } = evidence;
  const files = expectedFiles(evidence);
  const merges = expectedMerges(evidence);
  const pushes = expectedPushes(evidence);
  return [
    fact(
      `${count(files)} files changed in ${snapshots.length} repositories, and no other one`,
      snapshots.flatMap((it) => checkFiles(it, files.get(it.repo) ?? [])),
    ),
    fact(
      `${count(merges)} pull requests were merged, each by one merge commit of its branch`,
      snapshots.flatMap((it) => checkMerges(it, merges.get(it.repo) ?? [], requests)),
    ),
    fact(
      `${count(pushes)} commits were pushed to main beside them, each one announced by a step`,
      snapshots.flatMap((it) => checkPushes(it, pushes.get(it.repo) ?? [])),
    ),
    fact("no branch is left over", snapshots.flatMap(checkBranches)),
  ];
}

async function storyFacts({ fleet, preview, cancelled, gitops }: Evidence): Promise<Fact[]> {
  return [
    fact(
      `${preview.candidateId}: its commits are, byte for byte, what the dry-run had shown`,
      await checkPreview(fleet, preview),
    ),
    fact(
      `${cancelled.service}: the pull request of the cancelled attempt was closed and never merged`,
      checkCancelled(gitops, cancelled.request),
    ),
  ];
}

function fact(claim: string, findings: readonly Finding[]): Fact {
  return { claim, findings };
}

function count(byRepository: ReadonlyMap<string, readonly string[]>): number {
  return [...byRepository.values()].flat().length;
}

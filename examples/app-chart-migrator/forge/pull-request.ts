/** Names a pull request. */
export interface PullRequestRef {
  readonly repo: string;
  /** Counts up within the repository, from 1. */
  readonly number: number;
}

/** A pull request, as the forge keeps and sends it. */
export interface PullRequest extends PullRequestRef {
  /** `owner/name#number`. */
  readonly key: string;
  readonly url: string;
  readonly title: string;
  readonly branch: string;
  /** The last commit of the branch. */
  readonly head: string;
  readonly state: "open" | "merged" | "closed";
  /** The merge commit on `main`, once merged. */
  readonly mergeCommit?: string;
}

/** Reads a reference from `owner/name#number`. */
export function parseKey(key: string): PullRequestRef {
  const [repo = "", number = ""] = key.split("#");
  return { repo, number: Number(number) };
}

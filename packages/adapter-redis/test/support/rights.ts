import { readFile } from "node:fs/promises";

/** What the README tells to grant to a user of the store, and to one of a Cluster besides. */
export async function rightsInReadme(): Promise<{
  readonly scripts: readonly string[];
  readonly cluster: readonly string[];
}> {
  const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
  const wordsAfter = (place: RegExp) => place.exec(readme)?.[1]?.trim().split(/\s+/) ?? [];
  const scripts = wordsAfter(/ACL SETUSER \S+ on >\S+ ([^`\n]+)/);
  const cluster = wordsAfter(/Cluster client also needs `([^`]+)`/);
  if (scripts.length === 0 || cluster.length === 0)
    throw new Error("The README does not tell what to grant.");
  return { scripts, cluster };
}

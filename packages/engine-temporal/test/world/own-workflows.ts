// The workflows of a platform team that adds Loom's to its own.
export * from "@loom/engine-temporal/workflows";

/** A workflow that the team had before. */
export async function greet(name: string): Promise<string> {
  return `hello ${name}`;
}

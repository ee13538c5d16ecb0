import { TerminalError } from "@loom/migrator-sdk";
import { isScalar, parse, parseDocument } from "yaml";

/** Who gets a new version, in this order. */
export const RINGS = ["canary", "fleet"] as const;

/** One of them. */
export type Ring = (typeof RINGS)[number];

/** The version of Node that a manifest gives to a ring; nothing when it says none. */
export function nodeOf(manifest: string, ring: Ring): string | undefined {
  const { node } = (parse(manifest) ?? {}) as { node?: Partial<Record<Ring, string | number>> };
  return node?.[ring]?.toString();
}

/**
 * The manifest with another version; all else, comments too, stays as it was written.
 *
 * @throws TerminalError when it says nothing of Node, which no repetition mends
 */
export function withNode(manifest: string, ring: Ring, version: string): string {
  const document = parseDocument(manifest);
  const node = document.getIn(["node", ring], true);
  if (!isScalar(node) || !node.range)
    throw new TerminalError(`The manifest has no node.${ring}; add it, and retry`);
  const [start, end] = node.range;
  return `${manifest.slice(0, start)}${version}${manifest.slice(end)}`;
}

import type { FileDiff } from "../contract.ts";
import { TerminalError } from "../errors.ts";
import type { ChangesContext } from "./context.ts";
import type { FileChange, StepHandler } from "./handler.ts";
import { isIterable } from "./iterable.ts";

/**
 * Works out what a step does to files: the one way for preview and run. A file that stays the same is left out.
 *
 * @throws TerminalError when the handler has no `changes`, they are no list, or a file comes twice
 */
export async function changesOf(
  handler: StepHandler,
  context: ChangesContext,
): Promise<readonly FileDiff[]> {
  if (!handler.changes)
    throw new TerminalError(`The handler of step "${context.step.name}" has no changes.`);
  const changes: unknown = await handler.changes(context);
  if (!isIterable(changes))
    throw new TerminalError(
      `changes of step "${context.step.name}" returned no list: return file changes, or [] for none.`,
    );
  const diffs = [...(changes as Iterable<FileChange>)].flatMap(diffOf);
  const seen = new Set<string>();
  for (const { repo, path } of diffs) {
    const file = JSON.stringify([repo, path]);
    if (seen.has(file)) throw new TerminalError(`changes: ${path} of ${repo} comes twice.`);
    seen.add(file);
  }
  return diffs;
}

function diffOf({ repo, path, before, after }: FileChange): FileDiff[] {
  if (before === after) return [];
  if (before === undefined)
    return [{ repo, path, ...(after !== undefined && { after }), status: "new" }];
  if (after === undefined) return [{ repo, path, before, status: "deleted" }];
  return [{ repo, path, before, after, status: "modified" }];
}

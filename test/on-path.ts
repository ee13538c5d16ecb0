import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Whether a tool that a page of the documentation takes for granted is on this machine. */
export function isOnPath(tool: string): boolean {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.some((folder) => existsSync(join(folder, tool)));
}

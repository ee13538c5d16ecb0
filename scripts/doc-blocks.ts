import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "..");
const PAGES = ["*.md", "docs/**/*.md", "packages/*/README.md", "examples/*/README.md"];

/** A TypeScript block of the documentation. */
export interface Block {
  readonly page: string;
  readonly line: number;
  readonly code: string;
}

/** The TypeScript blocks of every page. */
export function docBlocks(): Block[] {
  const pages = globSync(PAGES, { cwd: ROOT }).filter((page) => !page.includes("node_modules"));
  return pages.flatMap(blocksOf);
}

/** The file that a block is compiled as. */
export function fileOf({ page, line }: Block): string {
  return `${page.replaceAll("/", "_")}.${line}.ts`;
}

/**
 * The TypeScript blocks of a page. A comment `<!-- given: … -->` right before one holds declarations that the reader has in
 * their own service and that the block therefore does not show.
 */
function blocksOf(page: string): Block[] {
  const text = readFileSync(join(ROOT, page), "utf8");
  const blocks = text.matchAll(/(?:<!-- given:([^]*?)-->\n+)?^```ts\n([^]*?)^```$/gm);
  return [...blocks].map(([, given = "", code = ""]) => ({
    page,
    line: text.slice(0, text.indexOf(code)).split("\n").length,
    code: `${given.trim()}\n${code}\nexport {};\n`,
  }));
}
